// The rows of the plan that are in sight, drawn and drawn again into the same few elements.
import { fill } from './request.js';

const HEAD = 46;
const OVER = 5;
const SIZES = { day: 34, week: 16, month: 5 };
// The node of a text stays and only its letters change: a new one has the styles around it worked out again.
const write = (element, text) => { if (!element.firstChild) element.textContent = text; else if (element.firstChild.data !== text) element.firstChild.data = text; };
const put = (element, name, value) => { if (element.getAttribute(name) !== value) element.setAttribute(name, value); };

export class Chart {
  constructor(host, plan) {
    Object.assign(this, { host, plan, zoom: 'week', drawn: new Map(), spare: [], chosen: new Set(), found: new Set(), days: new Map() });
    this.element = host.querySelector('template[data-gantt]').content.firstElementChild.cloneNode(true);
    this.mould = host.querySelector('template[data-gantt-row]').content.firstElementChild;
    const take = name => this.element.querySelector(`.gantt__${name}`);
    Object.assign(this, { body: take('body'), list: take('rows'), scale: take('scale'), under: take('under'), tip: take('tip') });
    const locale = document.documentElement.lang.replace(/^en$/, 'en-GB') || 'en-GB';
    this.format = options => new Intl.DateTimeFormat(locale, { timeZone: 'UTC', ...options });
    this.short = this.format({ day: 'numeric', month: 'short' });
    this.month = this.format({ month: 'long', year: 'numeric' });
    this.sign = getComputedStyle(host).direction === 'rtl' ? -1 : 1;
    this.element.addEventListener('scroll', () => this.soon(), { passive: true });
    const narrow = matchMedia('(max-width: 820px)');
    this.isNarrow = narrow.matches;
    narrow.addEventListener('change', () => { this.isNarrow = narrow.matches; this.resize(); });
  }

  get unit() { return SIZES[this.zoom]; }
  get rowHeight() { return this.isNarrow ? 52 : 34; }
  get left() { return this.isNarrow ? 0 : this.scale.offsetLeft; }
  x(day) { return (day - this.first) * this.unit; }
  day(number) { return this.days.get(number) ?? this.days.set(number, this.short.format(number * 864e5)).get(number); }
  rowOf(i) { return this.drawn.get(i); }

  soon() {
    if (this.isDue) return;
    this.isDue = true;
    requestAnimationFrame(() => { this.isDue = false; this.paint(); });
  }

  /** The plan, the zoom or the window is another: measure, then draw everything in sight anew. */
  resize() {
    [this.first, this.last] = this.plan.frame();
    const width = Math.max((this.last - this.first) * this.unit, this.element.clientWidth - this.left);
    this.last = this.first + Math.ceil(width / this.unit);
    this.scale.style.inlineSize = this.isNarrow ? '' : `${width}px`;
    this.body.style.inlineSize = this.isNarrow ? '' : `${this.left + width}px`;
    put(this.element, 'aria-rowcount', String(this.plan.shown.length + 1));
    this.redraw();
  }

  redraw() {
    this.body.style.blockSize = `${this.plan.shown.length * this.rowHeight}px`;
    this.under.style.insetInlineStart = `${this.left}px`;
    for (const i of [...this.drawn.keys()]) if (this.plan.spot[i] < 0 || !this.plan.rows.id[i]) this.release(i);
    this.seen = '';
    this.paint(true);
  }

  paint(isAnew = false) {
    const { shown, spot } = this.plan;
    const height = this.rowHeight;
    // Measured before anything is drawn: asking in between would lay the page out twice.
    const view = { left: Math.abs(this.element.scrollLeft), width: this.element.clientWidth };
    const top = this.element.scrollTop - OVER * height;
    const from = Math.max(0, Math.floor(top / height));
    const to = Math.min(shown.length, Math.ceil((this.element.scrollTop + this.element.clientHeight - HEAD) / height) + OVER);
    for (const [i, row] of this.drawn) {
      if ((spot[i] < from || spot[i] >= to) && !row.contains(document.activeElement)) this.release(i);
      else if (isAnew) this.draw(row, i);
    }
    const fresh = document.createDocumentFragment();
    for (let r = from; r < to; r += 1) {
      const i = shown[r];
      if (this.drawn.has(i)) continue;
      const row = this.spare.pop() ?? this.make();
      this.drawn.set(i, row);
      this.draw(row, i);
      if (!row.isConnected) fresh.append(row);
      row.hidden = false;
    }
    if (fresh.childNodes.length) this.list.append(fresh);
    for (const row of this.spare.splice(4)) row.remove();
    // Rows that went out of sight became others at once; only those left over are hidden.
    for (const row of this.spare) this.hide(row);
    this.ground(from, to, view, isAnew);
  }

  release(i) {
    const row = this.drawn.get(i);
    this.drawn.delete(i);
    if (row.tabIndex >= 0) row.tabIndex = -1;
    this.spare.push(row);
  }

  hide(row) {
    row.hidden = true;
    row.removeAttribute('id');
  }

  make() {
    const row = this.mould.cloneNode(true);
    const [cells, lane] = row.children;
    const [name, who, start, finish, slack] = cells.children;
    Object.assign(row, { fold: name.firstElementChild, link: name.lastElementChild, face: who.firstElementChild, dates: [start, finish, slack], lane, bar: lane.firstElementChild });
    return row;
  }

  words(i) {
    const { rows } = this.plan;
    const { dataset: say } = this.host;
    const dates = this.plan.isMoment(i) ? this.day(this.plan.finish(i)) : fill(say.textDates, { start: this.day(this.plan.start(i)), finish: this.day(this.plan.finish(i)) });
    const days = fill(say.textDays, { n: Math.round(rows.slack[i] / 4.8) / 100 });
    const slack = this.plan.isParent(i) ? '' : this.plan.isDone(i) ? say.textDone : rows.critical[i] ? say.textCritical : days;
    return { dates, slack };
  }

  draw(row, i) {
    const { plan } = this;
    const { rows } = plan;
    const id = rows.id[i];
    const isParent = plan.isParent(i);
    const { dates, slack } = this.words(i);
    const isLate = rows.deadline[i] > 0 && plan.finish(i) > rows.deadline[i];
    const isCritical = !!rows.critical[i] && !plan.isDone(i) && !isParent;
    const kind = isParent ? 'summary' : plan.isMoment(i) ? 'moment' : plan.isDone(i) ? 'done' : isCritical ? 'critical' : 'task';
    row.place = i;
    row.id = `plan-${id}`;
    row.dataset.task = id;
    row.style.transform = `translateY(${plan.spot[i] * this.rowHeight}px)`;
    row.className = `gantt__row${this.found.has(i) ? ' is-found' : ''}${plan.ghosts.has(i) ? ' is-ghost' : ''}${isLate ? ' is-late' : ''}${plan.keeps.has(id) ? ' is-promised' : ''}${plan.outside.has(id) ? ' is-outside' : ''}`;
    put(row, 'aria-level', String(rows.level[i] + 1));
    put(row, 'aria-rowindex', String(plan.spot[i] + 2));
    put(row, 'aria-selected', String(this.chosen.has(i)));
    const said = [slack, isLate && fill(this.host.dataset.textLate, { day: this.day(rows.deadline[i]) }), rows.manual[i] && !isParent && this.host.dataset.textManual, plan.unkept.get(id), plan.keeps.has(id) && this.host.dataset.textPromise, plan.outside.get(id)].filter(Boolean).join(', ');
    put(row, 'aria-label', fill(this.host.dataset.textSpoken, { task: rows.name[i], dates, state: said }));
    if (isParent) put(row, 'aria-expanded', String(!plan.folded.has(id))); else row.removeAttribute('aria-expanded');
    row.fold.hidden = !isParent;
    put(row.fold, 'aria-label', fill(this.host.dataset.textFold, { task: rows.name[i] }));
    write(row.link, rows.name[i]);
    row.link.title = [plan.unkept.get(id), plan.outside.get(id)].filter(Boolean).join(' ');
    row.link.parentNode.style.setProperty('--level', rows.level[i]);
    row.link.href = this.host.dataset.taskUrl.replace('{id}', id);
    const person = plan.people.get(rows.person[i]);
    row.face.hidden = !person;
    row.face.className = `avatar avatar--small avatar--tone-${person?.tone ?? 0}`;
    write(row.face, person?.initials ?? '');
    row.face.title = person?.name ?? '';
    write(row.dates[0], this.day(plan.start(i)));
    write(row.dates[1], this.day(plan.finish(i)));
    write(row.dates[2], slack);
    row.dates[0].className = `gantt__date${plan.unkept.has(id) ? ' is-critical' : ''}`;
    row.dates[2].className = `gantt__date${isCritical ? ' is-critical' : ''}`;
    this.place(row, i, kind);
  }

  place(row, i, kind) {
    const { plan, unit } = this;
    const { rows, baseline } = plan;
    const start = this.x(plan.start(i));
    const end = this.x(plan.finish(i) + 1);
    const { bar, lane } = row;
    bar.className = `gantt__bar gantt__bar--${kind}${plan.isFixed(i) ? ' is-fixed' : ''}${rows.manual[i] && kind !== 'summary' ? ' is-manual' : ''}`;
    bar.style.insetInlineStart = `${kind === 'moment' ? end - 9 : start}px`;
    bar.style.inlineSize = kind === 'moment' ? '' : `${Math.max(4, end - start)}px`;
    bar.style.setProperty('--done', `${rows.percent[i]}%`);
    bar.dataset.label = kind === 'moment' ? `${rows.name[i]}, ${this.day(plan.finish(i))}` : kind === 'summary' ? '' : rows.name[i];
    const [was, until] = [baseline.start[i], baseline.finish[i]];
    lane.classList.toggle('has-baseline', !!was && kind !== 'summary');
    if (was) {
      lane.style.setProperty('--base-x', `${this.x(was)}px`);
      lane.style.setProperty('--base-w', `${(until + 1 - was) * unit}px`);
    }
    const room = Math.max(0, rows.late[i] - rows.finish[i]) * unit;
    lane.classList.toggle('has-slack', this.host.isShowing('slack') && room > 0 && kind === 'task');
    lane.style.setProperty('--slack-x', `${end}px`);
    lane.style.setProperty('--slack-w', `${room}px`);
    let mark = lane.querySelector('.gantt__deadline');
    if (rows.deadline[i]) {
      mark ??= lane.appendChild(Object.assign(document.createElement('i'), { className: 'gantt__deadline' }));
      mark.style.insetInlineStart = `${this.x(rows.deadline[i] + 1)}px`;
    } else mark?.remove();
  }

  /** Everything behind the rows: days off, marks, arrows; and the labels of the scale. Only what is in sight. */
  ground(from, to, { left, width }, isAnew) {
    if (this.isNarrow) return;
    const a = Math.max(0, Math.floor(left / this.unit) - 8);
    const z = Math.min(this.last - this.first, Math.ceil((left + width) / this.unit) + 8);
    const seen = [from, to, a, z].join();
    if (seen === this.seen && !isAnew) return;
    const isScaleOld = isAnew || !this.seen || this.seen.split(',').slice(2).join() !== `${a},${z}`;
    this.seen = seen;
    const top = from * this.rowHeight;
    const bottom = to * this.rowHeight;
    const lines = { off: '', week: '', link: '', critical: '' };
    for (let d = a; d < z; d += 1) {
      const day = this.first + d;
      if (!this.plan.when.isWorking(day)) lines.off += `M${d * this.unit} ${top}h${this.unit}V${bottom}h-${this.unit}z`;
      else if (d % 7 === 0 && this.unit > 6) lines.week += `M${d * this.unit} ${top}V${bottom}`;
    }
    const isShown = link => link.every((end, k) => k > 1 || this.plan.spot[end] >= 0);
    const near = new Set();
    for (let r = from; r < to; r += 1) for (const link of this.plan.touching.get(this.plan.shown[r]) ?? []) near.add(link);
    for (const link of near) {
      if (!isShown(link)) continue;
      const isHot = this.host.isShowing('critical') && link.slice(0, 2).every(i => this.plan.rows.critical[i] && !this.plan.isDone(i));
      lines[isHot ? 'critical' : 'link'] += this.arrow(link);
    }
    const [off, week, today, promised, link, critical] = this.under.children;
    off.setAttribute('d', lines.off);
    week.setAttribute('d', lines.week);
    link.setAttribute('d', lines.link);
    critical.setAttribute('d', lines.critical);
    const { marks } = this.plan;
    const line = x => `M${x} ${top}V${bottom}`;
    today.setAttribute('d', line(this.x(marks.today)));
    promised.setAttribute('d', marks.promised ? line(this.x(marks.promised + 1)) : '');
    this.under.setAttribute('transform', this.sign < 0 ? 'scale(-1,1)' : '');
    if (isScaleOld) this.label(a, z);
  }

  arrow([from, to, kind]) {
    const height = this.rowHeight;
    const y1 = this.plan.spot[from] * height + 16;
    const y2 = this.plan.spot[to] * height + 16;
    const isFromEnd = kind[0] === 'F';
    const isToStart = kind[1] === 'S';
    const x1 = this.x(this.plan.start(from) * !isFromEnd + (this.plan.finish(from) + 1) * isFromEnd);
    const x2 = this.x(this.plan.start(to) * isToStart + (this.plan.finish(to) + 1) * !isToStart);
    const out = isFromEnd ? 6 : -6;
    const into = isToStart ? -7 : 7;
    const head = `m${into / 1.6} -3.5l${-into / 1.6} 3.5l${into / 1.6} 3.5`;
    if ((x2 + into - x1 - out) * out >= 0) return `M${x1} ${y1}h${out}V${y2}H${x2}${head}`;
    return `M${x1} ${y1}h${out}V${y2 + (y2 > y1 ? -17 : 17)}H${x2 + into}V${y2}H${x2}${head}`;
  }

  label(a, z) {
    const flags = this.scale.querySelectorAll('.gantt__flag');
    const parts = [];
    const tick = (d, text, name) => {
      const part = Object.assign(document.createElement('span'), { className: `gantt__tick gantt__tick--${name}`, textContent: text, ariaHidden: 'true' });
      part.style.insetInlineStart = `${d * this.unit}px`;
      parts.push(part);
    };
    let isFirst = true;
    for (let d = a; d < z; d += 1) {
      const date = new Date((this.first + d) * 864e5);
      const number = date.getUTCDate();
      if (number === 1 || isFirst && number < 20) tick(d, this.month.format(date), 'month');
      isFirst = false;
      if (this.zoom === 'day' || (this.zoom === 'week' && d % 7 === 0)) tick(d, String(number), 'day');
    }
    this.scale.replaceChildren(this.scale.querySelector('.visually-hidden'), ...parts, ...flags);
    const { marks } = this.plan;
    flags[0].style.insetInlineStart = `${this.x(marks.today)}px`;
    flags[1].hidden = !marks.promised;
    flags[1].style.insetInlineStart = `${this.x((marks.promised || 0) + 1)}px`;
  }

  /** Scroll so that a row, and with `day` a day, is in sight. */
  show(i, day = 0) {
    const top = this.plan.spot[i] * this.rowHeight;
    const room = this.element.clientHeight - HEAD;
    if (top < this.element.scrollTop) this.element.scrollTop = top;
    else if (top + this.rowHeight > this.element.scrollTop + room) this.element.scrollTop = top + this.rowHeight - room;
    if (day) this.showDay(day);
    this.paint();
  }

  showDay(day) {
    const x = this.x(day);
    const room = this.element.clientWidth - this.left;
    const now = Math.abs(this.element.scrollLeft);
    if (x < now || x > now + room - 90) this.element.scrollLeft = this.sign * Math.max(0, x - room / 3);
  }
}
