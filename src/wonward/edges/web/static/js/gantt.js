// The timeline of a project: thousands of rows, of which those in sight are drawn.
//
// <plan-gantt id="plan" data-project data-url data-move-url data-link-url data-task-url="/tasks/{id}/" data-text-…>
//   [data-plain]                      the plan as the server drew it, until the data is there; it stays when there is none
//   .gantt-tools                      [data-find] [data-zoom] [data-go-today] [data-show] [data-baseline] [data-fold-all] [data-rule]
//   template[data-gantt], template[data-gantt-row], [data-look]
// Up/Down/Page/Home/End walk, Left/Right fold and unfold, Enter opens, Space and Shift choose, Alt+arrows move by a working
// day, with Shift the length, l and Enter let a task wait for another, Escape gives up.
// Fetches its rows again on `plan:changed` and when the event stream names the project; never during a drag or a question.
import { Chart } from './gantt_chart.js';
import { Hand } from './gantt_hand.js';
import { Plan } from './gantt_plan.js';
import { apply, send } from './request.js';
import { toast } from './toast.js';

const LATER_MS = 150;
const kept = {
  read(key, otherwise) { try { return JSON.parse(localStorage.getItem(key)) ?? otherwise; } catch { return otherwise; } },
  write(key, value) { try { localStorage.setItem(key, JSON.stringify(value)); } catch { /* a window that keeps nothing */ } },
};

class PlanGantt extends HTMLElement {
  connectedCallback() {
    if (this.isOn || !this.querySelector('template[data-gantt]')) return;
    this.isOn = true;
    this.look = kept.read('wonward-timeline', { zoom: 'week', critical: true, slack: false, rule: 'use_gap' });
    this.onLive = ({ detail: { refs = [] } }) => { if (refs.includes(`delivery.project:${this.dataset.project}`)) this.later(); };
    this.onChanged = () => this.later();
    document.addEventListener('live:event', this.onLive);
    document.addEventListener('plan:changed', this.onChanged);
    document.addEventListener('drawer:closed', this.onChanged);
    this.start();
  }

  disconnectedCallback() {
    document.removeEventListener('live:event', this.onLive);
    document.removeEventListener('plan:changed', this.onChanged);
    document.removeEventListener('drawer:closed', this.onChanged);
    this.watcher?.disconnect();
  }

  get rule() { return this.look.rule; }
  get key() { return `wonward-folds-${this.dataset.project}`; }
  isShowing(name) { return !!this.look[name]; }
  hadFocus() { return document.activeElement === document.body || this.contains(document.activeElement); }

  async fetchPlan(values = {}) {
    const baseline = this.querySelector('[data-baseline]')?.value;
    const answer = await send(this.dataset.url, { ...(baseline ? { baseline } : {}), ...values }, { method: 'GET', accept: 'application/json' });
    return answer.ok && answer.status === 200 ? JSON.parse(answer.html) : answer.status === 204 ? null : undefined;
  }

  async start() {
    const data = await this.fetchPlan();
    if (!data) { toast({ text: this.dataset.textUnloaded, tone: 'bad' }); return; }
    this.plan = new Plan(data, kept.read(this.key, []));
    this.chart = new Chart(this, this.plan);
    this.chart.zoom = this.look.zoom;
    this.hand = new Hand(this);
    this.querySelector('[data-plain]').replaceWith(this.chart.element);
    const tools = this.querySelector('.gantt-tools');
    tools.hidden = false;
    this.equip(tools);
    this.refresh();
    this.hand.rove(this.plan.shown[0]);
    this.chart.showDay(Math.max(this.plan.marks.start, this.plan.marks.today));
    this.chart.paint();
    this.watcher = new ResizeObserver(() => this.chart.resize());
    this.watcher.observe(this);
    for (const name of ['pointerover', 'focusin']) this.chart.element.addEventListener(name, () => this.withSaver(() => {}), { once: true });
    this.dataset.ready = '';
  }

  /** What changes plans comes when somebody reaches for one. */
  async withSaver(act) {
    if (!this.plan.mayChange) return;
    this.coming ??= Promise.all([import('./gantt_save.js'), import('./gantt_drag.js')]).then(([{ Saver }, { Drag }]) => {
      this.saver = new Saver(this);
      this.drag = new Drag(this);
    });
    try { await this.coming; } catch { this.coming = null; this.hand.rest(); return; }
    act(this.saver);
  }

  refresh() {
    this.classList.toggle('is-uncritical', !this.look.critical);
    this.chart.resize();
    const row = this.chart.rowOf(this.hand.current) ?? this.chart.rowOf(this.plan.shown[0]);
    if (row) row.tabIndex = 0;
  }

  /* what others change */

  later() {
    clearTimeout(this.timer);
    this.isOld = true;
    this.timer = setTimeout(() => this.settle(), LATER_MS);
  }

  /** Once nothing is in hand, the rows that others changed are fetched. */
  settle() {
    if (this.isOld && this.plan && !this.saver?.isBusy && !this.hand.drag && !this.hand.wish) this.reload();
  }

  async reload(isForced = false) {
    this.isOld = false;
    const data = await this.fetchPlan(isForced ? {} : { state: this.plan.state });
    if (!data) return;
    if (this.hand.drag || this.hand.wish || (!isForced && this.saver?.isBusy)) { this.isOld = true; return; }
    const idOf = i => this.plan.rows.id[i];
    const current = idOf(this.hand.current);
    const chosen = [...this.chart.chosen].map(idOf);
    const hadFocus = this.chart.list.contains(document.activeElement);
    this.plan.load(data);
    this.chart.chosen = new Set(chosen.map(id => this.plan.at.get(id)).filter(i => i !== undefined));
    for (const i of [...this.chart.drawn.keys()]) this.chart.release(i);
    this.refresh();
    const i = this.plan.at.get(current);
    if (i === undefined) return;
    this.hand.rove(i);
    if (hadFocus) this.chart.rowOf(i)?.focus({ preventScroll: true });
  }

  /** The header above tells the new finish. */
  async headline() {
    const header = document.getElementById('plan-header');
    if (!header?.dataset.liveUrl) return;
    const answer = await send(header.dataset.liveUrl, {}, { method: 'GET' });
    if (answer.ok) await apply(answer.html);
  }

  /* tools */

  equip(tools) {
    const find = tools.querySelector('[data-find]');
    find.addEventListener('input', () => this.tooling(kit => kit.find(find.value)));
    find.addEventListener('keydown', event => {
      if (event.key === 'Enter') { event.preventDefault(); this.tooling(kit => kit.next(event.shiftKey ? -1 : 1)); }
      else if (event.key === 'Escape' && find.value) { event.stopPropagation(); find.value = ''; this.tooling(kit => kit.find('')); }
    });
    tools.addEventListener('click', event => this.tooling(kit => kit.use(event.target.closest('button'))));
    tools.querySelector('[data-baseline]')?.addEventListener('change', () => this.reload(true));
    const rule = tools.querySelector('[data-rule]');
    if (rule) {
      rule.value = this.look.rule;
      rule.addEventListener('change', () => this.remember({ rule: rule.value }));
    }
    this.press();
  }

  remember(values) {
    Object.assign(this.look, values);
    kept.write('wonward-timeline', this.look);
    this.press();
  }

  press() {
    for (const button of this.querySelectorAll('[data-zoom]')) button.setAttribute('aria-pressed', button.dataset.zoom === this.look.zoom);
    for (const button of this.querySelectorAll('[data-show]')) button.setAttribute('aria-pressed', this.isShowing(button.dataset.show));
  }

  fold(i, isFolded) {
    this.plan.fold(i, isFolded);
    this.folded();
  }

  folded() {
    kept.write(this.key, [...this.plan.folded]);
    this.refresh();
  }

  async tooling(act) {
    this.tools ??= import('./gantt_tools.js').then(({ Tools }) => new Tools(this));
    act(await this.tools);
  }
}
customElements.define('plan-gantt', PlanGantt);
