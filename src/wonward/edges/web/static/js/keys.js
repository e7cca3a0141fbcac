// Keys of the whole office. Silent while somebody types, behind a modal dialog, and under <body data-keyboard="off">
// (Ctrl/Cmd K always works).
//
// "/" and Ctrl/Cmd K   the palette (event `palette:open`)       "?"   <dialog id="keyboard-help">
// j and k              the next and the former link of [data-key-list]; Enter opens it
// a letter   presses what says [data-key="letter"]
// g then a letter      follows a[data-go="letter"]              c then a letter   presses [data-create="letter"],
//                      on the page itself or else among the actions of the palette
import { emit } from './request.js';
import { isTyping } from './typing.js';

const WAIT_MS = 1200;
let first = null;
let timer = 0;

function arm(key) {
  first = key;
  clearTimeout(timer);
  timer = setTimeout(() => { first = null; }, WAIT_MS);
}

function step(by) {
  const links = [...document.querySelectorAll('[data-key-list] a[href]')];
  const at = links.findIndex(link => link === document.activeElement);
  const from = at < 0 ? links.findIndex(link => link.hasAttribute('aria-current')) : at;
  links[Math.max(0, Math.min(links.length - 1, from + by))]?.focus();
  return links.length > 0;
}

document.addEventListener('keydown', event => {
  if (event.defaultPrevented || event.isComposing) return;
  const key = event.key?.toLowerCase();
  if ((event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey && key === 'k') {
    event.preventDefault();
    emit('palette:open');
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || document.body.dataset.keyboard === 'off'
    || document.querySelector('dialog:modal')) { first = null; return; }
  if (first && key.length === 1) {
    const wanted = `[data-${first === 'g' ? 'go' : 'create'}="${CSS.escape(key)}"]`;
    const target = document.querySelector(wanted);
    const elsewhere = target ? null : document.getElementById('palette-local')?.content.querySelector(`a${wanted}`);
    first = null;
    if (target || elsewhere) event.preventDefault();
    if (target) { target.click(); return; }
    if (elsewhere) { location.assign(elsewhere.href); return; }
  }
  if (key === '/') { event.preventDefault(); emit('palette:open'); }
  else if (key === '?') { event.preventDefault(); document.getElementById('keyboard-help')?.showModal(); }
  else if (key === 'g' || key === 'c') arm(key);
  else if ((key === 'j' || key === 'k') && step(key === 'j' ? 1 : -1)) event.preventDefault();
  else if (/^[a-z]$/.test(key ?? '')) document.querySelector(`[data-key="${key}"]`)?.click();
});
document.addEventListener('click', event => {
  if (event.target.closest('[data-help]')) document.getElementById('keyboard-help')?.showModal();
  else if (event.target.matches('dialog#keyboard-help') || event.target.closest('[data-close]')) event.target.closest('dialog')?.close();
});
