// Rows people work through by keyboard: the outline of a project, my work.
//
// <work-rows data-menu-id="row-menu"> around [data-row]; one row is in the tab order. Arrows walk, Enter opens its first link,
// D presses its [data-done], X its check box. Alt+Shift+arrows and the menu opened by [data-row-menu] POST `way` (in, out, up,
// down) to the row's data-place-url; the answer lands where its id is, and the row keeps the focus by its id.
// textarea[data-lines]: Enter sends the form, Shift+Enter starts a line.
import { openMenu } from './menu.js';
import { apply, reasonOf, send } from './request.js';
import { toast } from './toast.js';
import { isTyping } from './typing.js';

const WAYS = { ArrowRight: 'in', ArrowLeft: 'out', ArrowUp: 'up', ArrowDown: 'down' };

// What unfolds a form gives the caret to its first empty field.
function press(target) {
  target.click();
  if (!target.matches('summary')) return;
  const fields = [...target.parentElement.querySelectorAll('select,input:not([type=hidden]),textarea')];
  (fields.find(field => !field.value) ?? fields[0])?.focus();
}

class WorkRows extends HTMLElement {
  connectedCallback() {
    if (this.isWired) return;
    this.isWired = true;
    this.addEventListener('keydown', event => this.onKey(event));
    this.addEventListener('click', event => this.onClick(event));
    this.addEventListener('focusin', event => this.rove(event.target.closest('[data-row]')));
    this.rove(null);
  }

  get rows() { return [...this.querySelectorAll('[data-row]')]; }

  rove(row) {
    const { rows } = this;
    const chosen = row ?? rows.find(one => one.tabIndex === 0) ?? rows[0];
    for (const one of rows) one.tabIndex = one === chosen ? 0 : -1;
  }

  onKey(event) {
    const row = event.target.closest('[data-row]');
    if (!row || isTyping(event.target) || event.ctrlKey || event.metaKey) return;
    if (event.altKey && event.shiftKey && WAYS[event.key] && row.dataset.placeUrl) {
      event.preventDefault();
      this.place(row, WAYS[event.key]);
      return;
    }
    if (event.altKey || event.shiftKey || event.target !== row) return;
    const { rows } = this;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) { event.preventDefault(); rows[rows.indexOf(row) + step]?.focus(); return; }
    const wanted = event.key === 'Enter' ? 'a[href]' : document.body.dataset.keyboard === 'off' ? null
      : { d: '[data-done]', x: 'input[type=checkbox]' }[event.key.toLowerCase()];
    const target = wanted && row.querySelector(wanted);
    if (target) { event.preventDefault(); event.stopPropagation(); press(target); }
  }

  onClick(event) {
    const opener = event.target.closest('[data-row-menu]');
    if (!opener) return;
    const menu = document.getElementById(this.dataset.menuId);
    menu.dataset.row = opener.closest('[data-row]').id;
    openMenu(menu, opener);
  }

  async place(row, way) {
    const { id } = row;
    const answer = await send(row.dataset.placeUrl, { way });
    if (answer.isRedirect) return;
    if (answer.ok) await apply(answer.html);
    else if (answer.status === 422 && /<form/.test(answer.html)) {
      const { showDrawer } = await import('./drawer.js');
      await showDrawer(answer.html, { from: row });
      return;
    } else toast({ text: reasonOf(answer), tone: 'bad' });
    document.getElementById(id)?.focus();
  }
}
customElements.define('work-rows', WorkRows);

document.addEventListener('click', event => {
  const item = event.target.closest('[data-way]');
  const row = item && document.getElementById(item.closest('[data-row]')?.dataset.row ?? '');
  row?.closest('work-rows')?.place(row, item.dataset.way);
});
document.addEventListener('keydown', event => {
  if (event.key !== 'Enter' || event.shiftKey || event.isComposing || !event.target.matches?.('textarea[data-lines]')) return;
  event.preventDefault();
  event.target.form.requestSubmit();
});
