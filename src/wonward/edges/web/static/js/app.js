// The entry of every page: what htmx answers mean, where the focus goes, and which islands the page needs.
// <script defer src="vendor/htmx.min.js"></script><script type="module" src="js/app.js"></script>
//
// Writes carry X-CSRFToken. 422 swaps a form into its target (or over the form, when the target lies elsewhere) and
// focuses what is wrong. 409, 412 and other 4xx never swap: a fragment with a form or buttons opens in the drawer,
// words alone become a toast. 5xx, a timeout or no network: nothing is swapped, a check box or select goes back,
// `wonward:failed` is dispatched on the source, the sentence of text-offline is shown. A 401 follows HX-Redirect.
// Islands load when their element is on the page, or comes with a swap. select[data-submit]: choosing sends its form.
import { csrfToken, emit, readFragment, text, writing } from './request.js';
import { toast } from './toast.js';
import './menu.js';
import './keys.js';
import './recent.js';

const islands = [
  ['dialog.drawer', () => import('./drawer.js')],
  ['[data-confirm],[hx-confirm]', () => import('./confirm.js')],
  ['[data-theme-set],[data-theme-url]', () => import('./theme.js')],
  ['inline-edit,textarea[data-draft]', () => import('./inline.js')],
  ['body[data-stream-url]', () => import('./live.js')],
  ['deal-board', () => import('./board.js')],
  ['plan-gantt', () => import('./gantt.js')],
  ['work-planner', () => import('./planner.js')],
  ['work-rows', () => import('./rows.js')],
  ['[data-quote-url]', () => import('./quoting.js')],
  ['form,[data-words]', () => import('./forms.js')],
];
function load() {
  for (let i = islands.length; i--;) if (document.querySelector(islands[i][0])) islands.splice(i, 1)[0][1]();
}

const isWrite = ctx => ctx?.request && ctx.request.method !== 'GET';
const ends = new WeakMap();
let focused = null;

function onRequest({ detail: { ctx } }) {
  if (isWrite(ctx)) ctx.request.headers['X-CSRFToken'] = csrfToken();
}

function onResponse({ detail: { ctx } }) {
  const { status } = ctx.response;
  ctx.isWrite = isWrite(ctx);
  if (status === 401 && ctx.hx.redirect) return;
  if (status === 422) { aimAtForm(ctx); return; }
  ctx.status = 'refused'; // htmx swaps only what is still "issuing"
  ctx.hx.location = undefined;
  restore(ctx);
  if (status >= 500) { fail(ctx); return; }
  refuse(ctx);
}

/** A form that is wrong comes back over itself unless its target holds it, or the element says where (hx-status:422). */
function aimAtForm(ctx) {
  const source = ctx.sourceElement;
  const target = typeof ctx.target === 'string' ? document.querySelector(ctx.target) : ctx.target;
  const form = source.closest('form');
  if (ctx.hx.retarget || source.hasAttribute('hx-status:422') || !form || target?.contains(form)) return;
  ctx.hx.retarget = form;
  ctx.hx.reswap = 'outerHTML';
}

async function refuse(ctx) {
  const { words, isForm } = readFragment(ctx.text);
  if (isForm && document.getElementById('drawer')) {
    const { showDrawer } = await import('./drawer.js');
    await showDrawer(ctx.text, { from: ctx.sourceElement });
  } else if (!ctx.hx?.trigger?.includes('toast')) toast({ text: words || text('offline'), tone: 'bad' });
}

function fail(ctx) {
  emit('wonward:failed', { status: ctx.response?.status ?? 0 }, ctx.sourceElement?.isConnected ? ctx.sourceElement : document);
  if (!ctx.hx?.trigger?.includes('toast')) toast({ text: text('offline'), tone: 'bad', key: 'offline' });
}

/** What was switched in good faith goes back to what the server knows. */
function restore({ sourceElement: source, sourceEvent: event }) {
  const control = event?.type === 'change' ? event.target : source;
  if (control?.matches?.('input[type=checkbox]')) control.checked = !control.checked;
  else if (control?.matches?.('select')) for (const option of control.options) option.selected = option.defaultSelected;
}

function onError({ detail: { ctx } }) {
  if (!ctx || ctx.response) return;
  restore(ctx);
  fail(ctx);
}

/** Remember what had the focus, to find its heir when the swap removes it. htmx itself looks only for the same id. */
function beforeSwap() {
  const element = document.activeElement;
  focused = element && element !== document.body ? { element, name: element.name, home: element.closest('[id]:not(input,button,a,select,textarea)')?.id } : null;
}

function afterSwap({ detail: { ctx } }) {
  load();
  if (ctx?.response?.status === 422) {
    const wrong = document.querySelector('dialog:modal [aria-invalid=true], dialog:modal [role=alert]')
      ?? document.querySelector('[aria-invalid=true], main [role=alert]');
    if (wrong) { focusOn(wrong); return; }
  }
  if (!focused || focused.element.isConnected || document.activeElement !== document.body) return;
  const home = document.getElementById(focused.home) ?? (ctx?.target?.isConnected ? ctx.target : null);
  const heir = (focused.name && home?.querySelector(`[name="${CSS.escape(focused.name)}"]`)) || home?.querySelector('[data-focus]') || home;
  if (heir) focusOn(heir);
}

function focusOn(element) {
  element.focus({ preventScroll: true });
  if (document.activeElement !== element) { element.tabIndex = -1; element.focus({ preventScroll: true }); }
  element.scrollIntoView({ block: 'nearest' });
}

Object.assign(window.htmx.config, { history: 'reload', defaultTimeout: 30000 });
// A text cut short with an ellipsis says the whole of itself to whoever points at it or reaches it by keyboard.
const sayWhole = ({ target }) => {
  const cut = target.closest?.('.truncate, .badge, .chip, .lead-line__words, .breadcrumbs a, .breadcrumbs [aria-current]');
  if (cut && !cut.title && cut.scrollWidth > cut.clientWidth) cut.title = cut.textContent.trim();
};
document.addEventListener('pointerover', sayWhole);
document.addEventListener('focusin', sayWhole);

document.addEventListener('change', ({ target }) => { if (target.matches('select[data-submit]')) target.form.requestSubmit(); });
document.addEventListener('htmx:config:request', onRequest);
document.addEventListener('htmx:before:request', ({ detail: { ctx } }) => { if (isWrite(ctx)) ends.set(ctx, writing(ctx)); });
document.addEventListener('htmx:finally:request', ({ detail: { ctx } }) => ends.get(ctx)?.());
document.addEventListener('htmx:response:error', onResponse);
document.addEventListener('htmx:after:request', ({ detail: { ctx } }) => { ctx.isWrite = isWrite(ctx); });
document.addEventListener('htmx:error', onError);
document.addEventListener('htmx:before:swap', beforeSwap);
document.addEventListener('htmx:after:swap', afterSwap);

// The palette is drawn with the page and needs no code until somebody asks for it.
const withPalette = event => import('./palette.js').then(palette => palette.openPalette(event.detail ?? {}));
document.addEventListener('palette:open', withPalette);
document.addEventListener('click', event => {
  if (event.target.closest('[data-palette]')) { event.preventDefault(); withPalette({}); }
});
document.addEventListener('focusin', ({ target }) => { if (target.closest('[data-palette]')) import('./palette.js'); });
load();
