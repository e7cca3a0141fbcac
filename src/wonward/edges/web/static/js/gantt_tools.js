// The toolbar of the timeline: zoom, what is shown, folding, finding tasks by name; loaded when somebody reaches for it.
//
// gantt.matches, gantt.match   places in the plan and which of them is shown; #gantt-found tells how many
import { fill } from './request.js';

export class Tools {
  constructor(gantt) { this.gantt = gantt; }

  use(button) {
    if (!button) return;
    const { gantt } = this;
    const { zoom, show } = button.dataset;
    if (zoom) {
      const middle = gantt.chart.first + (Math.abs(gantt.chart.element.scrollLeft) + 200) / gantt.chart.unit;
      gantt.remember({ zoom });
      gantt.chart.zoom = zoom;
      gantt.refresh();
      gantt.chart.element.scrollLeft = gantt.chart.sign * Math.max(0, gantt.chart.x(middle) - 200);
      gantt.chart.paint();
    } else if (show) { gantt.remember({ [show]: !gantt.look[show] }); gantt.refresh(); }
    else if ('goToday' in button.dataset) { gantt.chart.element.scrollLeft = gantt.chart.sign * Math.max(0, gantt.chart.x(gantt.plan.marks.today) - 120); gantt.chart.paint(); }
    else if ('foldAll' in button.dataset) {
      const isFolded = button.getAttribute('aria-pressed') !== 'true';
      button.setAttribute('aria-pressed', String(isFolded));
      gantt.plan.foldAll(isFolded);
      gantt.folded();
    }
  }

  find(text) {
    const { gantt } = this;
    gantt.matches = gantt.plan.find(text);
    gantt.match = -1;
    gantt.chart.found = new Set(gantt.matches);
    if (gantt.matches.length) this.next(1);
    else { this.tell(text); gantt.chart.redraw(); }
  }

  next(step) {
    const { gantt } = this;
    const { matches } = gantt;
    if (!matches?.length) return;
    gantt.match = (gantt.match + step + matches.length) % matches.length;
    const i = matches[gantt.match];
    if (gantt.plan.spot[i] < 0) { gantt.plan.reveal(i); gantt.folded(); }
    gantt.hand.go(i, { isFocused: false, day: gantt.plan.rows.start[i] });
    gantt.chart.redraw();
    this.tell(' ');
  }

  tell(text) {
    const { gantt } = this;
    const count = gantt.matches.length;
    gantt.querySelector('#gantt-found').textContent = count ? fill(gantt.dataset.textFound, { n: gantt.match + 1, count }) : text ? gantt.dataset.textMissing : '';
  }
}
