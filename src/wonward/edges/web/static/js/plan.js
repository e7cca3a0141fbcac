// The timeline of a project. The server schedules; this moves what the hand moves and asks.
//
// <plan-timeline id="plan" data-day-width="16" data-move-url="/projects/5/moves" data-plan-version="7" data-off-days="6 7"
//   data-off-dates="2027-05-01 …" data-text-moved="{task} moved by {days} working days" data-text-longer="{task}: {days} working days of duration"
//   data-text-back="Could not save. {task} is back where it was.">
//   <div role="treegrid"> [role=row][data-task=31][data-version][data-name][data-start=2027-03-01][data-end=2027-03-05]
//     [data-duration=5][data-open-url][aria-level][aria-expanded][data-fixed]   data-fixed: cannot be moved (summaries)
//   [data-bar=31] in the row or in one SVG, [data-resize] a handle in it; [data-collapse-url] asks the server for collapsed=ids
// Up/Down/Home/End walk, Left/Right collapse, expand, go to parent and child, Enter opens the drawer, Alt+Left/Right moves
// by a working day, Alt+Shift+Left/Right changes the duration. Nudges within 400 ms are one request.
// POST task_id, days, duration_days (both changes, in working days), plan_version. 2xx: <plan-timeline> of the same id is
// morphed in, the row keeps the focus. 4xx with a form opens in the drawer. Every failure puts the bar back.
import { calendar, dayNumber } from './civil.js';
import { openDrawer, showDrawer } from './drawer.js';
import { apply, emit, fill, readFragment, reasonOf, send } from './request.js';
import { toast } from './toast.js';
import { isTyping } from './typing.js';

const TOGETHER_MS = 400;
const MIN_DRAG_PX = 4;

class PlanTimeline extends HTMLElement {
  connectedCallback() {
    if (this.collapsed) return;
    this.collapsed = new Set();
    this.addEventListener('keydown', event => this.onKey(event));
    this.addEventListener('pointerdown', event => this.onGrab(event));
    this.addEventListener('focusin', event => this.rove(event.target.closest('[data-task]')));
    this.addEventListener('click', event => this.onClick(event));
    this.onSettle = () => this.settle();
    document.addEventListener('htmx:after:settle', this.onSettle);
    this.settle();
  }

  disconnectedCallback() { document.removeEventListener('htmx:after:settle', this.onSettle); }

  get rows() { return [...this.querySelectorAll('[data-task]')]; }
  row(id) { return this.querySelector(`[data-task="${CSS.escape(id)}"]`); }
  bars(id) { return [...this.querySelectorAll(`[data-bar="${CSS.escape(id)}"]`)]; }
  get calendar() { return calendar(this.dataset.offDays, this.dataset.offDates); }

  settle() {
    this.hideCollapsed();
    this.rove(this.contains(document.activeElement) ? document.activeElement.closest('[data-task]') : null);
  }

  rove(row) {
    const { rows } = this;
    const chosen = row ?? (this.task && this.row(this.task)) ?? rows.find(other => !other.hidden);
    if (row) this.task = row.dataset.task;
    for (const other of rows) {
      const index = other === chosen ? '0' : '-1';
      if (other.getAttribute('tabindex') !== index) other.setAttribute('tabindex', index);
    }
  }

  /* the tree */

  level(row) { return Number(row.getAttribute('aria-level') ?? 1); }

  hideCollapsed() {
    let limit = Infinity;
    for (const row of this.rows) {
      const level = this.level(row);
      if (level <= limit) limit = Infinity;
      row.hidden = limit !== Infinity;
      const isParent = row.hasAttribute('aria-expanded');
      if (isParent && !this.dataset.collapseUrl) row.setAttribute('aria-expanded', String(!this.collapsed.has(row.dataset.task)));
      if (isParent && limit === Infinity && this.collapsed.has(row.dataset.task) && !this.dataset.collapseUrl) limit = level;
    }
  }

  async fold(row, isFolded) {
    const id = row.dataset.task;
    if (isFolded) this.collapsed.add(id); else this.collapsed.delete(id);
    if (this.dataset.collapseUrl) {
      row.setAttribute('aria-expanded', String(!isFolded));
      const answer = await send(this.dataset.collapseUrl, { collapsed: [...this.collapsed].join(',') }, { method: 'GET' });
      if (answer.ok) await this.redraw(answer.html, id);
    } else this.hideCollapsed();
    emit('plan:folded', { task: id, isFolded }, this);
  }

  walk(row, step) {
    const shown = this.rows.filter(other => !other.hidden);
    const at = shown.indexOf(row);
    const target = step === 'first' ? shown[0] : step === 'last' ? shown.at(-1) : shown[at + step];
    target?.focus();
    target?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }

  parent(row) {
    const before = this.rows.slice(0, this.rows.indexOf(row));
    return before.reverse().find(other => this.level(other) < this.level(row));
  }

  onKey(event) {
    const row = event.target.closest('[data-task]');
    if (!row || isTyping(event.target) || event.ctrlKey || event.metaKey) return;
    const isRtl = getComputedStyle(this).direction === 'rtl';
    const side = { ArrowRight: 1, ArrowLeft: -1 }[event.key] * (isRtl ? -1 : 1);
    if (event.altKey) {
      if (!side) return;
      event.preventDefault();
      this.nudge(row, event.shiftKey ? 0 : side, event.shiftKey ? side : 0);
      return;
    }
    const step = { ArrowDown: 1, ArrowUp: -1, Home: 'first', End: 'last' }[event.key];
    if (step) { event.preventDefault(); this.walk(row, step); return; }
    if (event.key === 'Enter' && event.target === row) { event.preventDefault(); this.openTask(row); return; }
    if (!side) return;
    event.preventDefault();
    const expanded = row.getAttribute('aria-expanded');
    if (side > 0) { if (expanded === 'false') this.fold(row, false); else if (expanded === 'true') this.walk(row, 1); }
    else if (expanded === 'true') this.fold(row, true);
    else this.parent(row)?.focus();
  }

  onClick(event) {
    const row = event.target.closest('[data-task]') ?? this.row(event.target.closest('[data-bar]')?.dataset.bar ?? '');
    if (!row || event.target.closest('a,input,select')) return;
    if (performance.now() - (this.lastDrag ?? -1000) < 60) return;
    if (event.target.closest('[data-fold]')) { this.fold(row, row.getAttribute('aria-expanded') === 'true'); row.focus(); return; }
    if (event.target.closest('button:not([data-bar])')) return;
    row.focus({ preventScroll: true });
    if (event.target.closest('[data-bar]')) this.openTask(row);
  }

  openTask(row) { if (row.dataset.openUrl) openDrawer(row.dataset.openUrl, { from: row }); }

  /* moving */

  nudge(row, days, duration) {
    const id = row.dataset.task;
    if (row.hasAttribute('data-fixed')) return;
    if (this.wish && this.wish.id !== id) this.ask();
    this.wish ??= { id, days: 0, duration: 0 };
    const longest = 1 - Number(row.dataset.duration ?? 1);
    this.wish.days += days;
    this.wish.duration = Math.max(longest, this.wish.duration + duration);
    this.preview(this.wish);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(), TOGETHER_MS);
  }

  /** Show a wish: the bar in its new place, in calendar days. */
  preview({ id, days, duration }) {
    const row = this.row(id);
    if (!row) return;
    const start = dayNumber(row.dataset.start);
    const end = dayNumber(row.dataset.end || row.dataset.start);
    const { calendar: when } = this;
    const shift = when.add(start, days) - start;
    const growth = when.add(end, days + duration) - end - shift;
    this.draw(id, shift, growth);
  }

  draw(id, shift, growth) {
    const width = Number(this.dataset.dayWidth);
    const sign = getComputedStyle(this).direction === 'rtl' ? -1 : 1;
    this.dataset.busy = '';
    for (const bar of this.bars(id)) {
      const shape = bar.matches('rect') ? bar : bar.querySelector('rect');
      bar.classList.add('is-preview');
      bar.style.transform = shift ? `translateX(${sign * shift * width}px)` : '';
      const own = shape ?? bar;
      own.dataset.was ??= shape ? shape.getAttribute('width') : bar.getBoundingClientRect().width;
      own.style.width = growth ? `${Math.max(width / 2, Number(own.dataset.was) + growth * width)}px` : '';
    }
  }

  putBack(id) {
    for (const bar of this.bars(id)) {
      bar.classList.remove('is-preview');
      for (const part of [bar, ...bar.querySelectorAll('rect')]) {
        part.style.removeProperty('transform');
        part.style.removeProperty('width');
        if (!part.getAttribute('style')) part.removeAttribute('style');
        delete part.dataset.was;
      }
    }
    this.rest();
  }

  rest() {
    if (this.wish || this.isAsking) return;
    delete this.dataset.busy;
    emit('wonward:idle', {}, this);
  }

  async ask() {
    clearTimeout(this.timer);
    const { wish } = this;
    if (!wish) return;
    if (this.isAsking) { (this.queue ??= []).push(wish); this.wish = null; return; }
    this.wish = null;
    if (!wish.days && !wish.duration) { this.putBack(wish.id); return; }
    this.isAsking = true;
    const answer = await send(this.dataset.moveUrl, { task_id: wish.id, days: wish.days, duration_days: wish.duration, plan_version: this.dataset.planVersion });
    this.isAsking = false;
    if (answer.ok) await this.done(wish, answer);
    else if (!answer.isRedirect) await this.failed(wish, answer);
    const next = answer.ok && this.queue?.shift();
    if (!answer.ok) for (const lost of this.queue?.splice(0) ?? []) this.putBack(lost.id);
    if (next) { const later = this.wish; this.wish = next; await this.ask(); this.wish ??= later; }
  }

  async redraw(html, id) {
    const hadFocus = this.contains(document.activeElement);
    this.task = id;
    const { scrollLeft, scrollTop } = this;
    await apply(html);
    const plan = document.getElementById(this.id);
    Object.assign(plan, { scrollLeft, scrollTop });
    if (hadFocus) plan.row?.(id)?.focus({ preventScroll: true });
    if (this.wish) this.preview(this.wish);
  }

  async done(wish, answer) {
    delete this.dataset.busy;
    this.putBack(wish.id);
    await this.redraw(answer.html, wish.id);
    if (answer.headers.get('HX-Trigger')?.includes('toast')) return;
    const task = this.row(wish.id)?.dataset.name ?? '';
    const words = wish.isUndo ? '' : wish.days ? fill(this.dataset.textMoved, { task, days: signed(wish.days) })
      : fill(this.dataset.textLonger, { task, days: signed(wish.duration) });
    if (!words) return;
    toast({ text: words, key: `task-${wish.id}`, undo: () => {
      this.ask();
      this.wish = { id: wish.id, days: -wish.days, duration: -wish.duration, isUndo: true };
      this.preview(this.wish);
      this.ask();
    } });
  }

  async failed(wish, answer) {
    this.putBack(wish.id);
    const isForm = answer.status >= 400 && answer.status < 500 && readFragment(answer.html).isForm;
    if (isForm) { await showDrawer(answer.html, { from: this.row(wish.id) }); return; }
    const back = fill(this.dataset.textBack, { task: this.row(wish.id)?.dataset.name ?? '' });
    toast({ text: `${back} ${reasonOf(answer)}`, tone: 'bad' });
  }

  onGrab(event) {
    const bar = event.target.closest('[data-bar]');
    const row = bar && this.row(bar.dataset.bar);
    if (!row || event.button || row.hasAttribute('data-fixed')) return;
    this.ask();
    const isResize = !!event.target.closest('[data-resize]');
    const drag = { id: row.dataset.task, x: event.clientX, steps: 0, isResize, isMoving: false, pointer: event.pointerId };
    const width = Number(this.dataset.dayWidth) * (getComputedStyle(this).direction === 'rtl' ? -1 : 1);
    const move = ({ clientX }) => {
      const px = clientX - drag.x;
      if (!drag.isMoving && Math.abs(px) < MIN_DRAG_PX) return;
      if (!drag.isMoving) { drag.isMoving = true; bar.setPointerCapture?.(drag.pointer); }
      drag.steps = Math.round(px / width);
      this.draw(drag.id, isResize ? 0 : drag.steps, isResize ? drag.steps : 0);
    };
    const end = isKept => {
      removeEventListener('pointermove', move);
      removeEventListener('pointerup', up);
      removeEventListener('pointercancel', cancel);
      removeEventListener('keydown', escape, true);
      if (!drag.isMoving) return;
      this.lastDrag = performance.now();
      this.drop(row, drag, isKept);
    };
    const up = () => end(true);
    const cancel = () => end(false);
    const escape = key => {
      if (key.key !== 'Escape' || !drag.isMoving) return;
      key.preventDefault();
      key.stopPropagation();
      end(false);
      // However late the button is let go: that click ends the drag, it opens nothing.
      addEventListener('pointerup', () => { this.lastDrag = performance.now(); }, { capture: true, once: true });
    };
    addEventListener('pointermove', move);
    addEventListener('pointerup', up);
    addEventListener('pointercancel', cancel);
    addEventListener('keydown', escape, true);
  }

  /** Where the bar was let go, in working days. */
  drop(row, { id, steps, isResize }, isKept) {
    const { calendar: when } = this;
    const from = dayNumber(isResize ? row.dataset.end || row.dataset.start : row.dataset.start);
    const days = when.between(isResize ? from + 1 : from, (isResize ? from + 1 : from) + steps);
    if (!isKept || !days) { this.putBack(id); return; }
    this.wish = { id, days: isResize ? 0 : days, duration: isResize ? Math.max(1 - Number(row.dataset.duration ?? 1), days) : 0 };
    row.focus({ preventScroll: true });
    this.ask();
  }
}

const signed = days => (days > 0 ? `+${days}` : `−${-days}`);
customElements.define('plan-timeline', PlanTimeline);
