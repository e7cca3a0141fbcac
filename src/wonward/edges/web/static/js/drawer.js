// The side sheet for one record, a form, or a question the server has.
//
// <dialog class="drawer" id="drawer"><div id="drawer-body"></div></dialog>, <template id="drawer-skeleton"> (after 400 ms)
// [data-drawer]          a link or button that opens it: hx-get with hx-target="#drawer-body", or data-drawer="url", or href
// [data-drawer-close]    closes; so do Esc, the backdrop, and the event `drawer:close` (HX-Trigger)
// Whatever is swapped into #drawer-body opens it. `drawer:opened` / `drawer:closed` {opener, body} are dispatched on
// the dialog and bubble. The focus goes to [autofocus], or the first heading or field, and returns to the opener.
// <body data-open-drawer="url"> opens it on load, for links into a record's drawer.
import { apply, emit, reasonOf, send } from './request.js';
import { toast } from './toast.js';

const dialog = () => document.getElementById('drawer');
const body = () => document.getElementById('drawer-body');
let opener = null;
let run = 0;

/** Open on a fragment; `from` is what gets the focus back. */
export async function showDrawer(html, { from = document.activeElement } = {}) {
  opener = from;
  await apply(html, { target: body(), swap: 'innerHTML' });
  open();
}

/** Fetch a fragment and open on it. */
export async function openDrawer(url, { from = document.activeElement } = {}) {
  const mine = ++run;
  opener = from;
  const slow = setTimeout(() => {
    const skeleton = document.getElementById('drawer-skeleton');
    if (mine !== run || !skeleton) return;
    body().replaceChildren(skeleton.content.cloneNode(true));
    open();
  }, 400);
  const answer = await send(url, {}, { method: 'GET' });
  clearTimeout(slow);
  if (mine !== run || answer.isRedirect) return false;
  if (!answer.ok && answer.status !== 422) {
    closeDrawer();
    toast({ text: reasonOf(answer), tone: 'bad' });
    return false;
  }
  await showDrawer(answer.html, { from });
  return true;
}

export function closeDrawer() {
  run += 1;
  if (dialog()?.open) dialog().close();
}

function open() {
  const isFresh = !dialog().open;
  if (isFresh) {
    dialog().showModal();
    emit('drawer:opened', { opener, body: body() }, dialog());
  }
  const first = body().querySelector('[autofocus]') ?? body().querySelector('[aria-invalid=true]')
    ?? body().querySelector('h1,h2,h3') ?? body();
  if (isFresh || !body().contains(document.activeElement) || document.activeElement === body()) {
    if (first.matches('h1,h2,h3,#drawer-body')) first.tabIndex = -1;
    first.focus({ preventScroll: true });
  }
}

/** The opener, or what replaced it: an element of the same id or the same address. */
function heir() {
  if (opener?.isConnected) return opener;
  const same = opener?.id && document.getElementById(opener.id);
  if (same) return same;
  for (const name of ['data-drawer', 'hx-get', 'href']) {
    const value = opener?.getAttribute?.(name);
    const found = value && document.querySelector(`[${name}="${CSS.escape(value)}"]`);
    if (found) return found;
  }
  return document.querySelector('main [tabindex="0"], main');
}

function onClosed() {
  emit('drawer:closed', { opener, body: body() }, dialog());
  body().replaceChildren();
  const target = heir();
  opener = null;
  if (!document.querySelector('dialog:modal')) target?.focus?.({ preventScroll: true });
}

document.addEventListener('click', event => {
  if (event.target.closest('[data-drawer-close]') || event.target === dialog()) { closeDrawer(); return; }
  const link = event.target.closest('[data-drawer]');
  if (!link || event.defaultPrevented && !link.hasAttribute('hx-get') || event.ctrlKey || event.metaKey || event.shiftKey) return;
  if (!dialog()?.contains(link)) opener = link;
  if (link.hasAttribute('hx-get')) return;
  event.preventDefault();
  openDrawer(link.dataset.drawer || link.getAttribute('href'), { from: dialog()?.contains(link) ? opener : link });
});
document.addEventListener('htmx:after:settle', event => { if (event.target === body() && body().childElementCount) open(); });
document.addEventListener('drawer:close', closeDrawer);
document.addEventListener('close', event => { if (event.target === dialog()) onClosed(); }, true);
if (document.body.dataset.openDrawer) openDrawer(document.body.dataset.openDrawer, { from: null });
