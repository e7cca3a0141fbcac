// Words selected in a log entry become the quote of a promise.
//
// [data-quote-url="/deals/12/promises/?communication_id=5"]   the words of an entry; inside the article that also holds the
//   link .timeline-entry__promise, whose sentence the button takes. The form opens in the drawer with `quote` added.
// With a mouse or finger the button appears after the selected words; with a keyboard (caret browsing, Shift+arrows) it
// follows the entry in the tab order, and Alt+P presses it. Without a selection the link offers the whole entry.
import { openDrawer } from './drawer.js';

const LONGEST = 2000;
let button = null;
let chosen = null;

/** The entry and the words selected in it, or null. */
function selected() {
  const selection = window.getSelection();
  if (!selection || selection.isCollapsed || !selection.rangeCount) return null;
  const range = selection.getRangeAt(0);
  const from = range.commonAncestorContainer;
  const box = (from instanceof Element ? from : from.parentElement)?.closest('[data-quote-url]');
  const words = selection.toString().replace(/\s+/g, ' ').trim().slice(0, LONGEST);
  return box && words ? { box, words, range } : null;
}

function hide() {
  button?.remove();
  button = null;
  chosen = null;
}

function show() {
  const found = selected();
  if (!found) {
    if (!button?.contains(document.activeElement)) hide();
    return;
  }
  if (button && chosen?.box === found.box) chosen = found;
  else {
    hide();
    chosen = found;
    const link = found.box.closest('article')?.querySelector('.timeline-entry__promise');
    if (!link) { chosen = null; return; }
    button = document.createElement('button');
    button.type = 'button';
    button.className = 'button button--primary button--small quote-button';
    button.append(...[...link.childNodes].map(node => node.cloneNode(true)));
    button.setAttribute('aria-keyshortcuts', 'Alt+P');
    button.addEventListener('pointerdown', event => event.preventDefault());
    button.addEventListener('click', open);
    found.box.after(button);
  }
  place(found);
}

function place({ range }) {
  const words = range.getClientRects();
  const last = words[words.length - 1];
  const home = button.offsetParent?.getBoundingClientRect();
  if (!last || !home) return;
  const inline = Math.max(0, Math.min(last.right - home.left - 20, home.width - button.offsetWidth));
  button.style.setProperty('inset-block-start', `${Math.round(last.bottom - home.top + 6)}px`);
  button.style.setProperty('inset-inline-start', `${Math.round(inline)}px`);
}

function open() {
  if (!chosen) return;
  const { box, words } = chosen;
  const link = box.closest('article')?.querySelector('.timeline-entry__promise');
  const url = new URL(box.dataset.quoteUrl, window.location.href);
  url.searchParams.set('quote', words);
  hide();
  window.getSelection()?.removeAllRanges();
  openDrawer(url.pathname + url.search, { from: link });
}

document.addEventListener('selectionchange', () => requestAnimationFrame(show));
document.addEventListener('keydown', event => {
  if (event.key === 'Escape' && button) hide();
  if (event.altKey && event.key.toLowerCase() === 'p' && button) { event.preventDefault(); open(); }
});
show();
