// Asks the server for what the hand wishes, shows what else would move before it is saved, and offers to take it back.
//
// 2xx {outcome: "saved", words, plan_version, state, rows, links, people, marks, undo}: the changed rows.
// 422 JSON {outcome: "look", html, moved: {id, start, finish}}: nothing is written; the panel asks, the bars show it.
// Other 4xx: words why not, everything goes back; 412 also fetches the rows as they are now.
import { fill, reasonOf, send } from './request.js';
import { say, toast } from './toast.js';

/** "YYYY-MM-DD" of a day number. After H. Hinnant, civil_from_days. */
function dayText(day) {
  const shifted = day + 719468;
  const era = Math.floor(shifted / 146097);
  const ofEra = shifted - era * 146097;
  const yearOfEra = Math.floor((ofEra - Math.floor(ofEra / 1460) + Math.floor(ofEra / 36524) - Math.floor(ofEra / 146096)) / 365);
  const ofYear = ofEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const moon = Math.floor((5 * ofYear + 2) / 153);
  const month = moon < 10 ? moon + 3 : moon - 9;
  const two = number => String(number).padStart(2, '0');
  return `${yearOfEra + era * 400 + (month <= 2 ? 1 : 0)}-${two(month)}-${two(ofYear - Math.floor((153 * moon + 2) / 5) + 1)}`;
}

/** The sentence of a refusal without its heading. */
function whyNot(answer) {
  const page = new DOMParser().parseFromString(answer.html, 'text/html');
  return page.querySelector('.refusal p')?.textContent ?? reasonOf(answer);
}

export class Saver {
  constructor(host) {
    this.host = host;
    this.panel = host.querySelector('[data-look]');
    this.waiting = [];
    this.panel.addEventListener('submit', event => { event.preventDefault(); this.confirm(); });
    this.panel.addEventListener('change', event => { if (event.target.name === 'rule') this.again({ rule: event.target.value }); });
    this.panel.addEventListener('click', event => { if (event.target.closest('[data-look-cancel]')) this.leave(); });
    this.panel.addEventListener('keydown', event => { if (event.key === 'Escape') { event.stopPropagation(); this.leave(); } });
  }

  get isLooking() { return !this.panel.hidden; }
  get isBusy() { return this.isAsking || this.isLooking || this.waiting.length > 0; }
  get plan() { return this.host.plan; }

  /** Once nothing is on its way to the server. */
  async rested() { while (this.asking) await this.asking; }

  move({ i, places, days, longer }) {
    const { rows } = this.plan;
    this.ask({ i, url: this.host.dataset.moveUrl, lists: { task_id: places.map(one => rows.id[one]), seen_start: places.map(one => dayText(rows.start[one])), seen_minutes: places.map(one => rows.minutes[one]) }, values: { days, duration_days: longer } });
  }

  link(from, to) {
    const { rows } = this.plan;
    this.ask({ i: to, url: this.host.dataset.linkUrl, lists: {}, values: { from_id: rows.id[from], to_id: rows.id[to], type: 'FS' } });
  }

  /** One change at a time; what is wished meanwhile waits. */
  ask(wish) {
    if (this.asking) { this.waiting.push(wish); return; }
    const asking = this.asked(wish).finally(() => { if (this.asking === asking) this.asking = null; });
    this.asking = asking;
  }

  async asked(wish) {
    this.isAsking = true;
    const body = new URLSearchParams({ rule: this.host.rule, look: '1', ...wish.values });
    for (const [name, list] of Object.entries(wish.lists ?? {})) for (const one of list) body.append(name, one);
    const answer = await send(wish.url, body, { accept: 'application/json' });
    this.isAsking = false;
    if (!answer.isRedirect) await this.take(wish, answer);
    const next = !this.isLooking && this.waiting.shift();
    if (next) await this.asked(next); else this.host.settle();
  }

  async take(wish, answer) {
    const isJson = answer.headers.get('Content-Type')?.includes('json');
    if (answer.ok && isJson) { await this.saved(wish, JSON.parse(answer.html)); return; }
    if (isJson) { this.look(wish, JSON.parse(answer.html)); return; }
    this.waiting.length = 0;
    this.close();
    const task = this.plan.rows.name[wish.i] ?? '';
    toast({ text: `${whyNot(answer)} ${fill(this.host.dataset.textBack, { task })}`, tone: 'bad' });
    if (answer.status === 412 || answer.status === 404) await this.host.reload(true);
  }

  async saved(wish, answer) {
    this.close();
    const key = this.plan.rows.id[wish.i];
    if (this.plan.merge(answer)) this.host.refresh(); else await this.host.reload(true);
    if (wish.i !== undefined) this.host.hand.go(this.plan.at.get(key), { isFocused: this.host.hadFocus() });
    const undo = answer.undo && (() => this.ask({ url: answer.undo.url, values: { plan_version: answer.undo.plan_version, look: '' } }));
    toast({ text: answer.words, undo });
    this.host.headline();
  }

  /** The bars stand where they would go, and the panel asks. */
  look(wish, { html, moved }) {
    this.wish = wish;
    this.plan.showMoved(moved);
    this.host.chart.redraw();
    const rule = this.panel.contains(document.activeElement) && document.activeElement.name === 'rule';
    this.panel.innerHTML = html;
    this.panel.hidden = false;
    const first = rule ? this.panel.querySelector('[name=rule]:checked') : this.panel.querySelector('[aria-invalid=true]') ?? this.panel.querySelector('[data-look-title]');
    first.focus();
    say(this.panel.querySelector('[data-look-title]').textContent);
    this.host.chart.resize();
    if (wish.i !== undefined) this.host.chart.show(wish.i, this.plan.start(wish.i));
  }

  get form() { return this.panel.querySelector('form'); }

  confirm() {
    if (this.isAsking) return;
    const given = Object.fromEntries(new FormData(this.form));
    this.ask({ ...this.wish, values: { ...this.wish.values, ...given, look: '' } });
  }

  again(values) {
    const reason = this.form.elements.reason?.value ?? '';
    // What is asked anew cannot be said yes to before its answer is there.
    this.form.querySelector('[type=submit]').disabled = true;
    this.ask({ ...this.wish, values: { ...this.wish.values, reason, ...values } });
  }

  close() {
    const hadFocus = this.panel.contains(document.activeElement);
    this.plan.ghosts.clear();
    if (this.isLooking) { this.panel.hidden = true; this.panel.replaceChildren(); this.host.chart.resize(); } else this.host.chart.redraw();
    if (hadFocus) this.host.hand.go(this.wish?.i ?? this.host.hand.current);
  }

  leave() {
    this.close();
    this.waiting.length = 0;
    this.host.settle();
  }
}
