// One toast at a time, with undo; and the polite voice of the page.
//
// <div id="toasts" class="toasts" data-undo="Undo" data-close="Dismiss">
//   <p id="live" class="visually-hidden" aria-live="polite"></p></div>
// event `toast` {text, undo_url?, undo_method?, undo_values?, undo?, key?, said?, tone?, action_url?, action_text?}
//   the server sends it by HX-Trigger; islands call toast() and may give `undo` as a function.
//   The same `key` coalesces: the words change in place and the time starts again. Ctrl/Cmd Z presses Undo.
// Lives 6 s (8 s with undo, 10 s with tone "bad"), never while the pointer or the focus is on it.
// Classes made: .toast, .toast-bad, .toast-text, .toast-undo, .toast-action, .toast-close
import { apply, reasonOf, send } from './request.js';
import { isTyping } from './typing.js';

let current = null;
const box = () => document.getElementById('toasts');

/** Say a sentence to those who listen; inside an open dialog, because everything around it is inert. */
export function say(sentence) {
  const region = document.getElementById('live');
  if (!region || !sentence) return;
  settle();
  region.textContent = '';
  setTimeout(() => { region.textContent = sentence; }, 60);
}

export function toast(options) {
  if (!box()) return null;
  const { text = '', key = null } = options;
  if (current && key && current.key === key) {
    Object.assign(current, { options });
    current.element.querySelector('.toast-text').textContent = text;
  } else {
    dismiss();
    current = { key, options, element: build(options) };
    box().append(current.element);
  }
  settle();
  wait();
  say(options.said ?? text);
  return current.element;
}

/** Take the toast away; with a key only when it is that one. */
export function dismiss(key = null) {
  if (!current || (key && current.key !== key)) return;
  clearTimeout(current.timer);
  const { element } = current;
  const hadFocus = element.contains(document.activeElement);
  current = null;
  element.remove();
  if (hadFocus) document.querySelector('main [tabindex="0"], main')?.focus();
}

function build({ text, tone, undo, undo_url, action_url, action_text }) {
  const element = document.createElement('div');
  element.className = tone === 'bad' ? 'toast toast-bad' : 'toast';
  const words = Object.assign(document.createElement('span'), { className: 'toast-text', textContent: text });
  element.append(words);
  if (action_url) element.append(Object.assign(document.createElement('a'), { className: 'toast-action', href: action_url, textContent: action_text }));
  if (undo || undo_url) element.append(button('toast-undo', box().dataset.undo, takeBack));
  const close = button('toast-close', '', () => dismiss());
  close.setAttribute('aria-label', box().dataset.close ?? '');
  element.append(close);
  for (const name of ['pointerenter', 'focusin']) element.addEventListener(name, () => clearTimeout(current?.timer));
  for (const name of ['pointerleave', 'focusout']) element.addEventListener(name, wait);
  return element;
}

function button(className, label, action) {
  const element = Object.assign(document.createElement('button'), { type: 'button', className, textContent: label ?? '' });
  element.addEventListener('click', action);
  return element;
}

function wait() {
  if (!current) return;
  const { options, element } = current;
  clearTimeout(current.timer);
  if (element.matches(':hover') || element.contains(document.activeElement)) return;
  const seconds = options.tone === 'bad' ? 10 : options.undo || options.undo_url ? 8 : 6;
  current.timer = setTimeout(() => dismiss(), seconds * 1000);
}

async function takeBack() {
  const { options } = current;
  dismiss();
  if (options.undo) { options.undo(); return; }
  const answer = await send(options.undo_url, options.undo_values ?? {}, { method: (options.undo_method ?? 'POST').toUpperCase() });
  if (answer.ok) await apply(answer.html);
  else if (!answer.isRedirect) toast({ text: reasonOf(answer), tone: 'bad' });
}

/** Keep the toasts inside the topmost modal dialog, or the person could not reach them. */
function settle() {
  const home = [...document.querySelectorAll('dialog:modal')].at(-1) ?? document.body;
  if (box() && box().parentNode !== home) home.append(box());
}

document.addEventListener('toast', event => toast(event.detail));
document.addEventListener('close', () => { if (box()) settle(); }, true);
document.addEventListener('keydown', event => {
  if (!(event.ctrlKey || event.metaKey) || event.shiftKey || event.key.toLowerCase() !== 'z' || isTyping(event.target)) return;
  const undo = current?.element.querySelector('.toast-undo');
  if (undo) { event.preventDefault(); undo.click(); }
});
