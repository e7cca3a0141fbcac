// The board of deals: dragging, the "Move to" menu and the keyboard do the same thing.
//
// <deal-board data-move-url="/deals/{id}/stage" data-move-menu="board-move" data-text-moved="{deal} moved to {stage}"
//   data-say-moved="Moved {deal} to {stage}, {position} of {total}" data-text-back="Could not save. {deal} is back in {stage}.">
// [data-stage="3"][data-kind=open|won|lost][data-name="Proposal"]   a column (data-move-url here wins); [data-cards] its list,
//   [data-total] all its deals, also those not shown
// article#deal-12[data-deal=12][data-version=4][data-name][data-stage-id=3][data-gate-url][data-lose-url][tabindex=0] > a[href]
// [data-move-to] in the card opens #board-move: <div popover role="menu"> [role=menuitemradio][data-to="3"]
// [data-fixed] on the board: looking and walking only, for those who may move nothing.
// Arrows walk, Shift+arrows move the card, Enter opens, M opens the menu.
// POST stage_id, version. 2xx: card and both headers come back by id (out of band, or simply with their ids). Anything
// else: the card goes back where it was and the toast says so; a form in the answer opens in the drawer. A card that is
// put on a won or lost column goes back at once and its drawer opens. One request per card at a time; the last wish counts.
import { openDrawer, showDrawer } from './drawer.js';
import { openMenu } from './menu.js';
import { apply, emit, fill, readFragment, reasonOf, send } from './request.js';
import { toast } from './toast.js';
import { isTyping } from './typing.js';

const ARROWS = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };

class DealBoard extends HTMLElement {
  connectedCallback() {
    if (this.flights) return;
    this.flights = new Map();
    this.addEventListener('keydown', event => this.onKey(event));
    this.addEventListener('click', event => this.onClick(event));
    this.addEventListener('focusin', event => this.rove(event.target.closest('[data-deal]')));
    this.onSettle = () => this.settle();
    this.onMenu = event => this.onChoice(event);
    document.addEventListener('htmx:after:settle', this.onSettle);
    document.addEventListener('click', this.onMenu);
    this.settle();
    if (this.isFixed) return;
    // Only hands that drag need the code for it: a mouse over the board, or any finger.
    const fetchDrag = () => import('../vendor/sortable.min.js').then(() => { this.canDrag = true; this.settle(); });
    if (matchMedia('(pointer: coarse)').matches) fetchDrag();
    else this.addEventListener('pointerover', fetchDrag, { once: true });
  }

  disconnectedCallback() {
    document.removeEventListener('htmx:after:settle', this.onSettle);
    document.removeEventListener('click', this.onMenu);
    this.flights = null;
  }

  get isFixed() { return this.hasAttribute('data-fixed'); }
  get columns() { return [...this.querySelectorAll('[data-stage]')]; }
  column(stage) { return this.querySelector(`[data-stage="${CSS.escape(stage)}"]`); }
  card(id) { return this.querySelector(`[data-deal="${CSS.escape(id)}"]`); }
  cards(column) { return [...column.querySelectorAll('[data-deal]')]; }

  /** After a swap: cards stand in the column the server names, one of them is in the tab order, lists can be dragged. */
  settle() {
    for (const card of this.querySelectorAll('[data-deal][data-stage-id]')) {
      const flight = this.flights?.get(card.dataset.deal);
      const home = !flight && card.closest('[data-stage]').dataset.stage !== card.dataset.stageId && this.column(card.dataset.stageId);
      if (home) this.list(home).prepend(card);
    }
    this.rove(this.contains(document.activeElement) ? document.activeElement.closest('[data-deal]') : null);
    if (this.canDrag) this.columns.forEach(column => this.makeDraggable(this.list(column)));
  }

  rove(card) {
    const all = [...this.querySelectorAll('[data-deal]')];
    const chosen = card ?? all.find(other => other.tabIndex === 0) ?? all[0];
    for (const other of all) {
      const index = other === chosen ? 0 : -1;
      if (other.getAttribute('tabindex') !== String(index)) other.tabIndex = index;
    }
  }

  list(column) { return column.querySelector('[data-cards]') ?? column; }

  makeDraggable(list) {
    if (window.Sortable.get(list)) return;
    window.Sortable.create(list, {
      group: 'deals', draggable: '[data-deal]', filter: 'button,input,select', preventOnFilter: false, animation: 120,
      forceFallback: true, fallbackOnBody: true, fallbackTolerance: 4, delayOnTouchOnly: true, delay: 120,
      scrollSensitivity: 60, scrollSpeed: 14, ghostClass: 'is-ghost', dragClass: 'is-dragged', chosenClass: 'is-chosen',
      onStart: ({ item }) => { this.dataset.busy = ''; this.origin = this.placeOf(item); },
      onEnd: ({ item, to }) => {
        delete this.dataset.busy;
        this.lastDrag = performance.now();
        const column = to.closest('[data-stage]');
        if (column !== this.origin.column) this.move(item, column, { origin: this.origin });
        emit('wonward:idle', {}, this);
      },
    });
  }

  placeOf(card) { return { column: card.closest('[data-stage]'), next: card.nextElementSibling }; }

  put(card, { column, next }) {
    const list = this.list(column);
    if (next?.parentNode === list) list.insertBefore(card, next);
    else if (next) list.prepend(card);
    else list.append(card);
  }

  /** Move a card in good faith; `origin` is where it stood when the hand has already moved it. */
  move(card, column, { origin = this.placeOf(card), isUndo = false } = {}) {
    const { kind } = column.dataset;
    if (kind === 'won' || kind === 'lost') {
      this.put(card, origin);
      openDrawer(kind === 'won' ? card.dataset.gateUrl : card.dataset.loseUrl, { from: card });
      return;
    }
    const hadFocus = card.contains(document.activeElement);
    if (card.closest('[data-stage]') !== column) this.list(column).prepend(card);
    if (hadFocus) card.focus();
    const id = card.dataset.deal;
    const flight = this.flights.get(id);
    if (flight) { flight.isUndo = isUndo; return; }
    this.flights.set(id, { origin, isUndo });
    this.fly(id);
  }

  async fly(id) {
    const flight = this.flights.get(id);
    const card = this.card(id);
    const column = card.closest('[data-stage]');
    const { stage, moveUrl = this.dataset.moveUrl } = column.dataset;
    const answer = await send(fill(moveUrl, { id }), { stage_id: stage, version: card.dataset.version });
    if (!answer.ok) { this.flights.delete(id); if (!answer.isRedirect) this.goBack(id, flight.origin, answer); return; }
    await apply(answer.html);
    const landed = this.card(id);
    if (!landed) { this.flights.delete(id); return; }
    if (landed.closest('[data-stage]') !== column) { this.fly(id); return; }
    this.flights.delete(id);
    this.settle();
    if (column !== flight.origin.column) this.report(landed, column, flight, answer);
  }

  report(card, column, { origin, isUndo }, answer) {
    const all = this.cards(column);
    const values = { deal: card.dataset.name, stage: column.dataset.name, position: all.indexOf(card) + 1,
      total: column.querySelector('header[data-total]')?.dataset.total ?? this.list(column).dataset.total ?? column.dataset.total ?? all.length };
    const said = fill(this.dataset.sayMoved, values);
    if (answer.headers.get('HX-Trigger')?.includes('toast')) return;
    const id = card.dataset.deal;
    toast({ text: fill(this.dataset.textMoved, values), said, key: `deal-${id}`, undo: isUndo ? undefined : () => {
      const now = this.card(id);
      if (!now) return;
      const from = this.placeOf(now);
      this.put(now, origin);
      now.focus();
      this.move(now, origin.column, { origin: from, isUndo: true });
    } });
  }

  goBack(id, origin, answer) {
    const card = this.card(id);
    if (card) {
      const hadFocus = card.contains(document.activeElement);
      this.put(card, origin);
      if (hadFocus) card.focus();
    }
    const back = fill(this.dataset.textBack, { deal: card?.dataset.name ?? '', stage: origin.column.dataset.name });
    const isForm = answer.status >= 400 && answer.status < 500 && readFragment(answer.html).isForm;
    toast({ text: isForm ? back : `${back} ${reasonOf(answer)}`, tone: 'bad' });
    if (isForm) showDrawer(answer.html, { from: card });
  }

  onKey(event) {
    const card = event.target.closest('[data-deal]');
    if (!card || isTyping(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target !== card) { if (!(event.shiftKey && ARROWS[event.key])) return; }
    if (event.key === 'Enter') { event.preventDefault(); card.querySelector('a[href]')?.click(); return; }
    if (event.key.toLowerCase() === 'm' && !this.isFixed && document.body.dataset.keyboard !== 'off') {
      event.preventDefault();
      this.openMoveMenu(card, card.querySelector('[data-move-to]') ?? card);
      return;
    }
    const arrow = ARROWS[event.key];
    if (!arrow) return;
    event.preventDefault();
    const across = arrow[0] * (getComputedStyle(this).direction === 'rtl' ? -1 : 1);
    if (across) this.goAcross(card, across, event.shiftKey);
    else if (!event.shiftKey) {
      const all = this.cards(card.closest('[data-stage]'));
      all[all.indexOf(card) + arrow[1]]?.focus();
    }
  }

  goAcross(card, step, isMove) {
    const { columns } = this;
    const at = columns.indexOf(card.closest('[data-stage]'));
    if (isMove) {
      const target = columns[at + step];
      if (target && !this.isFixed) { card.focus(); this.move(card, target); }
      return;
    }
    const row = this.cards(columns[at]).indexOf(card);
    for (let i = at + step; columns[i]; i += step) {
      const there = this.cards(columns[i]);
      if (there.length) { there[Math.min(row, there.length - 1)].focus(); return; }
    }
  }

  openMoveMenu(card, anchor) {
    const menu = document.getElementById(this.dataset.moveMenu);
    this.chosen = card.dataset.deal;
    const { stage } = card.closest('[data-stage]').dataset;
    for (const item of menu.querySelectorAll('[data-to]')) item.setAttribute('aria-checked', String(item.dataset.to === stage));
    openMenu(menu, anchor);
  }

  onClick(event) {
    const card = event.target.closest('[data-deal]');
    if (!card) return;
    const opener = event.target.closest('[data-move-to]');
    if (opener) { event.preventDefault(); this.openMoveMenu(card, opener); return; }
    const isDrag = performance.now() - (this.lastDrag ?? -1000) < 60;
    if (isDrag) { event.preventDefault(); return; }
    if (!event.target.closest('a,button,input,label,select') && !getSelection().toString()) card.querySelector('a[href]')?.click();
  }

  onChoice(event) {
    const item = event.target.closest(`#${CSS.escape(this.dataset.moveMenu ?? '')} [data-to]`);
    const card = item && this.chosen && this.card(this.chosen);
    if (!card) return;
    card.focus();
    const column = this.column(item.dataset.to);
    if (column && column !== card.closest('[data-stage]')) this.move(card, column);
  }
}
customElements.define('deal-board', DealBoard);
