// Walking, choosing, folding and moving tasks by keys and clicks. What is wished is asked for by gantt_save.js.
import { openDrawer } from './drawer.js';
import { fill } from './request.js';
import { say } from './toast.js';
import { isTyping } from './typing.js';

const TOGETHER_MS = 400;
const PAGE = 10;

export class Hand {
  constructor(host) {
    this.host = host;
    this.current = -1;
    const { element } = host.chart;
    element.addEventListener('keydown', event => this.onKey(event));
    element.addEventListener('click', event => this.onClick(event));
    element.addEventListener('focusin', event => { const row = event.target.closest('.gantt__row'); if (row) this.rove(row.place); });
  }

  get plan() { return this.host.plan; }
  get chart() { return this.host.chart; }

  /** The one row the Tab key reaches. */
  rove(i) {
    const before = this.chart.rowOf(this.current);
    if (before) before.tabIndex = -1;
    this.current = i;
    const row = this.chart.rowOf(i);
    if (row) row.tabIndex = 0;
  }

  go(i, { isFocused = true, day = 0 } = {}) {
    if (i === undefined || i < 0 || this.plan.spot[i] < 0) return;
    this.chart.show(i, day);
    this.rove(i);
    if (isFocused) this.chart.rowOf(i)?.focus({ preventScroll: true });
  }

  walk(step) {
    const { shown, spot } = this.plan;
    this.go(shown[Math.max(0, Math.min(shown.length - 1, spot[this.current] + step))]);
  }

  choose(i, { isRange = false, isToggle = false } = {}) {
    const { chosen } = this.chart;
    if (isRange && this.plan.spot[this.anchor] >= 0) {
      const [a, z] = [this.plan.spot[this.anchor], this.plan.spot[i]].sort((one, other) => one - other);
      chosen.clear();
      for (let r = a; r <= z; r += 1) chosen.add(this.plan.shown[r]);
    } else if (isToggle) {
      if (!chosen.delete(i)) chosen.add(i);
      this.anchor = i;
    } else { chosen.clear(); this.anchor = i; }
    this.chart.redraw();
    if (chosen.size) say(fill(this.host.dataset.textChosen, { n: chosen.size }));
  }

  /** The places a move of this row is about: all that are chosen, if it is one of them. */
  group(i) {
    const { chosen } = this.chart;
    return (chosen.has(i) ? [...chosen] : [i]).filter(one => !this.plan.isFixed(one));
  }

  /** The drawer shows the task as it is once saved; while the panel asks, it stays shut. */
  openTask(i) {
    const key = this.plan.rows.id[i];
    const open = () => {
      const row = this.chart.rowOf(this.plan.at.get(key));
      if (row && !this.host.saver?.isLooking) openDrawer(row.link.getAttribute('href'), { from: row });
    };
    const isMoving = !!this.wish || this.host.saver?.isBusy || this.isSending;
    this.drop();
    if (isMoving) this.host.withSaver(saver => saver.rested().then(open)); else open();
  }

  onKey(event) {
    const row = event.target.closest('.gantt__row');
    if (!row || isTyping(event.target)) return;
    const i = row.place;
    const side = ({ ArrowRight: 1, ArrowLeft: -1 })[event.key] * this.chart.sign;
    const isOwn = this.handle(event, i, side);
    if (isOwn) { event.preventDefault(); event.stopPropagation(); }
  }

  handle(event, i, side) {
    const { key, altKey, shiftKey } = event;
    if (altKey) { if (side) this.nudge(i, shiftKey ? 0 : side, shiftKey ? side : 0); return !!side; }
    if (event.ctrlKey || event.metaKey) {
      if (key === 'a') { for (const one of this.plan.shown) this.chart.chosen.add(one); this.chart.redraw(); return true; }
      return false;
    }
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: PAGE, PageUp: -PAGE, Home: -1e6, End: 1e6 }[key];
    if (step) {
      if (shiftKey && !this.chart.chosen.size) this.anchor = i;
      this.walk(step);
      if (shiftKey) this.choose(this.current, { isRange: true });
      return true;
    }
    if (key === 'Enter') { if (this.linkFrom !== undefined) this.link(this.linkFrom, i); else this.openTask(i); return true; }
    if (key === ' ') { this.choose(i, { isToggle: true }); return true; }
    if (key === 'l' && this.plan.mayChange && !this.plan.isParent(i)) { this.linkFrom = i; say(fill(this.host.dataset.textLink, { task: this.plan.rows.name[i] })); this.chart.element.dataset.linking = ''; return true; }
    if (key === 'Escape') return this.giveUp();
    if (!side) return false;
    const isParent = this.plan.isParent(i);
    const isFolded = this.plan.folded.has(this.plan.rows.id[i]);
    if (side > 0 && isParent) { if (isFolded) this.host.fold(i, false); else this.walk(1); }
    else if (side < 0 && isParent && !isFolded) this.host.fold(i, true);
    else if (side < 0) this.go(this.plan.parentOf(i));
    return true;
  }

  giveUp() {
    const isOn = this.linkFrom !== undefined || this.chart.chosen.size > 0 || !!this.wish;
    clearTimeout(this.timer);
    this.wish = null;
    this.unlink();
    this.chart.chosen.clear();
    this.rest();
    return isOn;
  }

  unlink() {
    this.linkFrom = undefined;
    delete this.chart.element.dataset.linking;
    this.chart.under.lastElementChild.setAttribute('d', '');
  }

  link(from, to) {
    this.unlink();
    if (this.plan.mayChange) this.host.withSaver(saver => saver.link(from, to));
  }

  rest() {
    this.isSending = false;
    this.plan.ghosts.clear();
    this.chart.tip.hidden = true;
    this.chart.redraw();
    this.host.settle();
  }

  /* moving */

  nudge(i, days, longer) {
    const places = this.group(i);
    if (!places.length || this.host.saver?.isLooking) return;
    if (this.wish && this.wish.i !== i) this.drop();
    this.wish ??= { i, places, days: 0, longer: 0 };
    this.wish.days += days;
    this.wish.longer += longer;
    this.preview(this.wish);
    say(`${this.plan.rows.name[i]}: ${this.chart.words(i).dates}`);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.drop(), TOGETHER_MS);
  }

  preview({ places, days, longer }) {
    this.plan.preview(places, days, longer);
    this.chart.redraw();
  }

  drop() {
    clearTimeout(this.timer);
    const { wish } = this;
    this.wish = null;
    if (!wish) return;
    if (!wish.days && !wish.longer) { this.rest(); return; }
    this.isSending = true;
    this.host.withSaver(saver => { this.isSending = false; saver.move(wish); });
  }

  onClick(event) {
    const row = event.target.closest('.gantt__row');
    if (!row || performance.now() - (this.lastDrag ?? -1000) < 60) return;
    if (event.target === row.fold) { this.host.fold(row.place, row.getAttribute('aria-expanded') === 'true'); this.go(row.place); return; }
    if (event.ctrlKey || event.metaKey || event.shiftKey) {
      event.preventDefault();
      event.stopPropagation();
      this.choose(row.place, { isRange: event.shiftKey, isToggle: !event.shiftKey });
      this.go(row.place);
      return;
    }
    if (event.target.closest('a')) return;
    if (this.chart.chosen.size) this.choose(row.place);
    this.go(row.place);
    if (event.target === row.bar || this.chart.isNarrow) this.openTask(row.place);
  }
}
