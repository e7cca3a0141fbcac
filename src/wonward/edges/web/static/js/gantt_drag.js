// Taking hold of a bar: moving it, stretching it, and drawing a dependency from the knob behind its end.
import { fill } from './request.js';

const MIN_DRAG_PX = 4;
const EDGE_PX = 9;

export class Drag {
  constructor(host) {
    this.host = host;
    this.hand = host.hand;
    host.chart.element.addEventListener('pointerdown', event => this.onGrab(event));
  }

  get plan() { return this.host.plan; }
  get chart() { return this.host.chart; }

  onGrab(event) {
    const row = event.target.closest('.gantt__row');
    if (!row || event.target !== row.bar || event.button || this.chart.isNarrow || this.host.saver.isLooking) return;
    const i = row.place;
    const places = this.hand.group(i);
    const box = row.bar.getBoundingClientRect();
    const toEnd = (this.chart.sign > 0 ? box.right - event.clientX : event.clientX - box.left);
    const isTask = this.plan.rows.kind[i] === 1 && !this.plan.isParent(i);
    // The last pixels of a bar stretch it; the knob behind its end (drawn by the style sheet) draws a dependency.
    const kind = toEnd < 0 ? 'link' : isTask && toEnd < EDGE_PX && box.width > 2 * EDGE_PX ? 'resize' : 'move';
    if (!this.plan.mayChange || (kind !== 'link' && !places.length)) return;
    event.preventDefault();
    this.hand.drop();
    this.hand.drag = { i, places, kind, x: event.clientX, scrolled: this.chart.element.scrollLeft, days: 0, isMoving: false, pointer: event.pointerId, bar: row.bar };
    this.listen();
  }

  listen() {
    const ends = new AbortController();
    const { signal } = ends;
    const end = isKept => { ends.abort(); cancelAnimationFrame(this.pulling); this.finish(isKept); };
    addEventListener('pointermove', event => this.onDrag(event), { signal });
    addEventListener('pointerup', event => { this.hand.drag.over = event; end(true); }, { signal });
    addEventListener('pointercancel', () => end(false), { signal });
    addEventListener('keydown', event => {
      if (event.key !== 'Escape') return;
      event.preventDefault();
      event.stopPropagation();
      end(false);
      addEventListener('pointerup', () => { this.hand.lastDrag = performance.now(); }, { capture: true, once: true });
    }, { capture: true, signal });
  }

  onDrag(event) {
    const { chart, hand: { drag } } = this;
    drag.last = event;
    const px = event.clientX - drag.x + chart.element.scrollLeft - drag.scrolled;
    if (!drag.isMoving && Math.abs(px) < MIN_DRAG_PX) return;
    if (!drag.isMoving) { drag.isMoving = true; drag.bar.setPointerCapture?.(drag.pointer); this.pull(); }
    if (drag.kind === 'link') { this.rope(event); return; }
    const steps = Math.round(px / chart.unit) * chart.sign;
    if (steps === drag.steps) return;
    drag.steps = steps;
    const from = drag.kind === 'resize' ? this.plan.rows.finish[drag.i] + 1 : this.plan.rows.start[drag.i];
    drag.days = this.plan.when.between(from, from + steps);
    this.hand.preview({ places: drag.places, days: drag.kind === 'move' ? drag.days : 0, longer: drag.kind === 'resize' ? drag.days : 0 });
    const days = drag.days > 0 ? `+${drag.days}` : drag.days < 0 ? `−${-drag.days}` : '0';
    chart.tip.textContent = fill(this.host.dataset.textTip, { dates: chart.words(drag.i).dates, days });
    chart.tip.hidden = false;
    chart.tip.style.insetInlineStart = `${chart.left + chart.x(this.plan.start(drag.i))}px`;
    chart.tip.style.insetBlockStart = `${this.plan.spot[drag.i] * chart.rowHeight - 22}px`;
  }

  /** The chart moves on while the pointer is held at its edge. */
  pull() {
    const { chart, hand: { drag } } = this;
    const box = chart.element.getBoundingClientRect();
    const x = drag.last.clientX;
    const by = x > box.right - 36 ? 12 : x < box.left + chart.left + 24 ? -12 : 0;
    if (by && drag.kind !== 'link') { chart.element.scrollLeft += by; this.onDrag(drag.last); }
    this.pulling = requestAnimationFrame(() => this.pull());
  }

  rope(event) {
    const { chart, hand: { drag } } = this;
    const box = chart.body.getBoundingClientRect();
    const x = chart.x(this.plan.finish(drag.i) + 1);
    const y = this.plan.spot[drag.i] * chart.rowHeight + 16;
    chart.under.lastElementChild.setAttribute('d', `M${x} ${y}L${event.clientX - box.left - chart.left} ${event.clientY - box.top}`);
  }

  finish(isKept) {
    const { drag } = this.hand;
    this.hand.drag = null;
    if (!drag.isMoving) return;
    this.hand.lastDrag = performance.now();
    this.chart.tip.hidden = true;
    if (drag.kind === 'link') {
      const target = document.elementFromPoint(drag.over?.clientX ?? -1, drag.over?.clientY ?? -1)?.closest('.gantt__row');
      this.hand.unlink();
      if (isKept && target) this.hand.link(drag.i, target.place);
      this.host.settle();
    } else if (isKept && drag.days) {
      this.hand.go(drag.i);
      this.host.saver.move({ i: drag.i, places: drag.places, days: drag.kind === 'move' ? drag.days : 0, longer: drag.kind === 'resize' ? drag.days : 0 });
    } else this.hand.rest();
  }
}
