// Jump anywhere. The dialog is drawn with the page, so opening it costs nothing.
//
// <dialog id="palette" data-search-url="/search" data-count="{count} results" data-none="Nothing found">
//   <input role="combobox" aria-controls="palette-list" aria-expanded="true" aria-autocomplete="list">
//   <ul id="palette-list" role="listbox">…</ul></dialog>    an option is li[role=presentation] > a[role=option]; li[role=option] > a works too
// <template id="palette-local">  li[role=option][data-words="extra search words"] > a or button : places and actions
// An option with data-needs shows only where that selector is on the page. The buttons of the page's header are actions too
// (<template id="palette-action">). While nothing is typed, pinned records and those looked at last come first (recent.js).
// GET data-search-url?q=&recent=  answers with li[role=option] > a (role=presentation li are headings)
// [data-palette] opens it (app.js); the event `palette:open` {query} too. Shows local matches at once, the server's below.
import { say } from './toast.js';
import { recentRecords } from './recent.js';
import { fill, send } from './request.js';

const WAIT_MS = 120;
const dialog = document.getElementById('palette');
const input = dialog?.querySelector('input');
const list = dialog?.querySelector('[role=listbox]');
const local = [...document.getElementById('palette-local')?.content.querySelectorAll('li') ?? []];
const blank = document.getElementById('palette-action')?.content.querySelector('li');
let actions = [];
let timer = 0;
let request = null;
let found = [];

export function openPalette({ query = '' } = {}) {
  if (!dialog) return;
  actions = dialog.open ? actions : pageActions();
  if (!dialog.open) dialog.showModal();
  input.value = query;
  found = [];
  draw();
  input.focus();
  input.select();
  search();
}

/** What the header of this page offers, each pressing the button it stands for. */
function pageActions() {
  const buttons = [...document.querySelectorAll('main header .button:not(.button--icon), main .record-header .button:not(.button--icon)')];
  return blank ? [...new Set(buttons)].filter(button => button.checkVisibility() && button.textContent.trim()).slice(0, 8).map(button => {
    const item = blank.cloneNode(true);
    item.querySelector('[data-slot=label]').textContent = button.textContent.trim();
    return { item, button };
  }) : [];
}

const plain = words => words.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
/** An option is a link itself (what axe asks for), or holds one. */
const linkOf = option => (option?.matches('a,button') ? option : option?.querySelector('a,button'));
const options = () => [...list.querySelectorAll('[role=option]')];
const chosen = () => list.querySelector('[aria-selected=true]');

function matches() {
  const words = plain(input.value).split(/\s+/).filter(Boolean);
  return [...actions.map((action, i) => { action.item.dataset.action = i; return action.item; }), ...local].filter(item => {
    if (item.dataset.needs && !document.querySelector(item.dataset.needs)) return false;
    const said = plain(`${item.textContent} ${item.dataset.words ?? ''}`);
    return words.every(word => said.includes(word));
  }).slice(0, input.value.trim() ? 6 : 12);
}

function draw() {
  const kept = linkOf(chosen())?.textContent;
  const near = matches().map(item => item.cloneNode(true));
  list.replaceChildren(...(input.value.trim() ? [...near, ...found] : [...found, ...near]));
  options().forEach((option, i) => {
    option.id = `palette-${i}`;
    option.setAttribute('aria-selected', 'false');
    const link = linkOf(option);
    if (link) link.tabIndex = -1;
  });
  select(options().find(option => kept && linkOf(option)?.textContent === kept) ?? options()[0]);
}

function select(option) {
  chosen()?.setAttribute('aria-selected', 'false');
  if (!option) { input.removeAttribute('aria-activedescendant'); return; }
  option.setAttribute('aria-selected', 'true');
  input.setAttribute('aria-activedescendant', option.id);
  option.scrollIntoView({ block: 'nearest' });
}

async function search() {
  request?.abort();
  const query = input.value.trim();
  const recent = query ? '' : recentRecords();
  if (!dialog.dataset.searchUrl) { found = []; draw(); return; }
  const mine = request = new AbortController();
  list.setAttribute('aria-busy', 'true');
  try {
    const answer = await send(dialog.dataset.searchUrl, query ? { q: query } : { recent }, { method: 'GET', signal: mine.signal });
    if (mine !== request) return;
    if (answer.ok) {
      const page = new DOMParser().parseFromString(`<ul>${answer.html}</ul>`, 'text/html');
      found = [...page.querySelectorAll('li')];
    }
    draw();
    const count = options().length;
    say(count ? fill(dialog.dataset.count, { count }) : dialog.dataset.none);
  } catch (error) {
    if (error.name !== 'AbortError') throw error;
  } finally {
    if (mine === request) list.removeAttribute('aria-busy');
  }
}

function press(option, isNewTab = false) {
  const link = linkOf(option);
  if (!link) return;
  if (isNewTab && link.href) { window.open(link.href, '_blank', 'noopener'); return; }
  dialog.close();
  const action = actions[option.closest('[data-action]')?.dataset.action];
  if (action) { action.button.focus(); action.button.click(); return; }
  if (link.href && !link.matches('[data-drawer],[hx-get],[data-create-for]')) { location.assign(link.href); return; }
  // An action of the palette is a copy: what it stands for does the work, or the copy itself from the page.
  const original = link.dataset.press && document.querySelector(link.dataset.press);
  if (original) { original.focus(); original.click(); return; }
  document.body.append(link);
  window.htmx?.process(link);
  link.click();
  link.remove();
}

input?.addEventListener('input', () => {
  draw();
  clearTimeout(timer);
  timer = setTimeout(search, WAIT_MS);
});
dialog?.addEventListener('keydown', event => {
  const all = options();
  const i = all.indexOf(chosen());
  if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
    event.preventDefault();
    select(all[(i + (event.key === 'ArrowDown' ? 1 : all.length - 1) + all.length) % all.length]);
  } else if (event.key === 'Enter' && !event.isComposing) {
    event.preventDefault();
    press(chosen(), event.ctrlKey || event.metaKey);
  }
});
list?.addEventListener('click', event => {
  const option = event.target.closest('[role=option]');
  if (!option || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  event.stopPropagation();
  press(option);
});
list?.addEventListener('pointermove', event => {
  const option = event.target.closest('[role=option]');
  if (option && option !== chosen()) select(option);
});
dialog?.addEventListener('click', event => { if (event.target === dialog) dialog.close(); });
