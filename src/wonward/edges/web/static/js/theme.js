// Light, dark or as the system says. The server writes <html data-theme="…"> itself, so nothing flashes; for people not
// signed in, theme-first.js in <head> (a classic script) reads what this browser chose.
//
// [data-theme-set="light|dark|system"] chooses; [data-theme-set="next"] goes round; aria-pressed / aria-checked follow.
// body[data-theme-url]   POST theme=… when signed in
import { send } from './request.js';

const themes = ['system', 'light', 'dark'];
const root = document.documentElement;

function show() {
  for (const button of document.querySelectorAll('[data-theme-set]')) {
    const name = button.getAttribute('role')?.startsWith('menuitemradio') || button.getAttribute('role') === 'radio' ? 'aria-checked' : 'aria-pressed';
    if (button.dataset.themeSet !== 'next') button.setAttribute(name, String(button.dataset.themeSet === (root.dataset.theme || 'system')));
  }
}

function choose(theme) {
  root.dataset.theme = theme;
  try { localStorage.setItem('theme', theme); } catch { /* private mode: the choice lasts for this page */ }
  show();
  const url = document.querySelector('[data-theme-url]')?.dataset.themeUrl;
  if (url) send(url, { theme });
}

document.addEventListener('click', event => {
  const button = event.target.closest('[data-theme-set]');
  if (!button) return;
  const wanted = button.dataset.themeSet;
  choose(wanted === 'next' ? themes[(themes.indexOf(root.dataset.theme || 'system') + 1) % themes.length] : wanted);
});
show();
