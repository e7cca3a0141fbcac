// The planner of people. The server decides; this moves what the hand moves and puts it back when the answer is no.
//
// <work-planner id="planner" data-look="from=2027-03-01&over=1"
//   data-text-back="Could not save. {name} is back where it was.">
//   [data-person=7] a row; in it or above, <button data-booking=12 data-version data-move-url data-name> bars in lanes of
//   ten equal weeks.
// Alt+Left/Right moves a booking by a week, Alt+Shift+Left/Right makes it shorter or longer. A drag sideways moves it by
// whole weeks, onto another row gives it to that person; a drag at its end stretches it; Escape gives the drag up.
// POST days, longer, person_id, version, look. 2xx: the <work-planner> again, the bar keeps the focus.
import { apply, fill, reasonOf, send } from './request.js';
import { toast } from './toast.js';

const WEEKS = 10;
const DAYS = 7;
const MIN_DRAG_PX = 5;
const GRIP_PX = 12;

class WorkPlanner extends HTMLElement {
  connectedCallback() {
    if (this.isReady) return;
    this.isReady = true;
    this.addEventListener('keydown', event => this.onKey(event));
    this.addEventListener('pointerdown', event => this.onGrab(event));
    this.addEventListener('click', event => { if (this.hasDragged) { event.preventDefault(); event.stopPropagation(); this.hasDragged = false; } }, true);
  }

  onKey(event) {
    const bar = event.target.closest('[data-booking]');
    const side = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!bar || !side || !event.altKey) return;
    event.preventDefault();
    const way = side * (getComputedStyle(this).direction === 'rtl' ? -1 : 1) * DAYS;
    this.move(bar, event.shiftKey ? { longer: way } : { days: way });
  }

  onGrab(event) {
    const bar = event.target.closest('[data-booking]');
    if (!bar || event.button !== 0 || event.pointerType === 'touch') return;
    const start = { x: event.clientX, y: event.clientY };
    const width = bar.parentElement.getBoundingClientRect().width / WEEKS;
    const box = bar.getBoundingClientRect();
    const side = getComputedStyle(this).direction === 'rtl' ? -1 : 1;
    const isStretching = side * ((side > 0 ? box.right : box.left) - start.x) < Math.min(GRIP_PX, box.width / 3);
    const follow = new AbortController();
    let isMoving = false;
    const end = () => {
      follow.abort();
      // Chromium leaves an empty attribute unless it is read first, and whatever copies that breaks the content policy.
      if (bar.hasAttribute('style')) bar.removeAttribute('style');
      delete bar.dataset.dragging;
    };
    const onMove = moved => {
      const [x, y] = [moved.clientX - start.x, moved.clientY - start.y];
      if (!isMoving && Math.hypot(x, y) < MIN_DRAG_PX) return;
      isMoving = true;
      bar.dataset.dragging = '';
      if (isStretching) bar.style.inlineSize = `${Math.max(width / 2, box.width + side * x)}px`;
      else bar.style.translate = `${x}px ${y}px`;
    };
    const onUp = moved => {
      end();
      if (!isMoving) return;
      this.hasDragged = true;
      setTimeout(() => { this.hasDragged = false; }, 50);
      const weeks = side * Math.round((moved.clientX - start.x) / width);
      if (isStretching) {
        if (weeks) this.move(bar, { longer: weeks * DAYS });
        return;
      }
      const row = this.rowAt(moved.clientX, moved.clientY);
      const person = row && row !== bar.closest('[data-person]') ? row.dataset.person : '';
      if (weeks || person) this.move(bar, { days: weeks * DAYS, ...(person ? { person_id: person } : {}) });
    };
    const onEscape = key => {
      if (key.key !== 'Escape') return;
      key.preventDefault();
      this.hasDragged = isMoving;
      end();
    };
    const options = { signal: follow.signal };
    window.addEventListener('pointermove', onMove, options);
    window.addEventListener('pointerup', onUp, options);
    window.addEventListener('pointercancel', end, options);
    window.addEventListener('keydown', onEscape, { ...options, capture: true });
  }

  rowAt(x, y) {
    return document.elementsFromPoint(x, y).map(node => node.closest('[data-person]')).find(row => row && this.contains(row));
  }

  async move(bar, change) {
    const { id } = bar;
    const answer = await send(bar.dataset.moveUrl, { days: 0, longer: 0, ...change, version: bar.dataset.version, look: this.dataset.look });
    if (answer.ok) {
      await apply(answer.html, { target: this });
      document.getElementById(id)?.focus();
      return;
    }
    toast({ text: `${fill(this.dataset.textBack, { name: bar.dataset.name })} ${reasonOf(answer)}`, tone: 'bad' });
  }
}

customElements.define('work-planner', WorkPlanner);
