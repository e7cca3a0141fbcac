// What others change appears here without taking anything from the person who works.
//
// [data-live="sales.deal:12 delivery.project:5"][data-live-url]   refetched when an event names one of these records;
//   a noun without an id (sales.deal) means any of them. The answer is morphed over the element (data-live-swap changes how).
// [data-live-at="4711"]    the newest event the element already shows; older ones are no reason to fetch it
// [data-live-say="…"]      said politely after the refresh
// form[data-then-reload]   inside such an element: once saved, the element is fetched, event or not. Refused (422), the
//   answer goes where hx-status:422 says, with what was typed, and the form is put back.
// <template id="live-marker">…</template>   appended, in .live-marker, to an element that must wait
// An element with the caret, unsaved values, an open inline edit, a drag ([data-busy]) or an open menu in it waits until
// that is over. While a write of this tab is on its way nothing is fetched, and what its answer drew is taken as fresh.
import { isWriting, send } from './request.js';
import { follow } from './stream.js';
import { say } from './toast.js';
import { isTyping } from './typing.js';

const WAIT_MS = 80;
const OWN_MS = 400;
const waiting = new Map();
const fetching = new Set();
const drawn = new WeakMap();
const ownTasks = new WeakSet();
let timer = 0;

const keyOf = element => element.id || element;
const find = key => (typeof key === 'string' ? document.getElementById(key) : key.isConnected ? key : null);

function concerns(element, refs) {
  const wanted = element.dataset.live.split(/\s+/);
  return refs.some(ref => wanted.includes(ref) || wanted.includes(ref.split(':')[0]));
}

function isFresh(element, id, arrived) {
  if (Number(element.dataset.liveAt) >= id) return true;
  for (let node = element; node; node = node.parentElement) if (arrived <= drawn.get(node) + OWN_MS) return true;
  return false;
}

function onEvent({ detail: { id, refs = [] } }) {
  const arrived = performance.now();
  for (const element of document.querySelectorAll('[data-live][data-live-url]')) {
    if (concerns(element, refs)) waiting.set(keyOf(element), { id, arrived });
  }
  soon();
}

function soon() {
  clearTimeout(timer);
  if (waiting.size) timer = setTimeout(flush, WAIT_MS);
}

const hasUnsaved = element => [...element.querySelectorAll('input:not([type=hidden],[type=search],[data-live-ignore]),textarea,select')].some(field =>
  field.matches('select') ? isOtherwise(field)
    : field.matches('[type=checkbox],[type=radio]') ? field.checked !== field.defaultChecked
      : field.value !== field.defaultValue);
function isOtherwise(select) {
  const chosen = [...select.options].filter(option => option.defaultSelected);
  return chosen.length ? chosen.some(option => !option.selected) : !select.multiple && select.selectedIndex > 0;
}
const isBusy = element => (element.contains(document.activeElement) && isTyping(document.activeElement))
  || element.matches('[data-busy]') || !!element.closest('[data-busy]')
  || !!element.querySelector('[data-busy],[data-editing],:popover-open,dialog[open]') || hasUnsaved(element);

function flush() {
  if (isWriting()) return;
  const ready = [];
  for (const [key, { id, arrived }] of waiting) {
    const element = find(key);
    if (!element || isFresh(element, id, arrived)) { waiting.delete(key); unmark(element); continue; }
    if (isBusy(element)) mark(element);
    else if (!fetching.has(key)) ready.push(element);
  }
  for (const element of ready) {
    if (!ready.some(other => other !== element && other.contains(element))) refresh(element);
    else waiting.delete(keyOf(element));
  }
}

async function refresh(element) {
  const key = keyOf(element);
  const reason = waiting.get(key);
  waiting.delete(key);
  fetching.add(key);
  const answer = await send(element.dataset.liveUrl, {}, { method: 'GET' });
  fetching.delete(key);
  const target = find(key);
  if (!target) return;
  if (!answer.ok) { if (answer.status === 0 || answer.status >= 500) later(key, reason); return; }
  if (isBusy(target) || isWriting()) { if (!waiting.has(key)) waiting.set(key, reason); soon(); return; }
  await swap(target, answer.html);
  if (waiting.has(key)) soon();
}

function later(key, reason) {
  if (!waiting.has(key)) waiting.set(key, reason);
  setTimeout(soon, 3000);
}

async function swap(target, html) {
  const sentence = target.dataset.liveSay;
  const scrolled = [document.scrollingElement, ...target.querySelectorAll('[id],[data-keep-scroll]')]
    .filter(node => node.scrollTop || node.scrollLeft).map(node => [node, node.scrollTop, node.scrollLeft]);
  unmark(target);
  await window.htmx.swap({ text: html, sourceElement: target, target, swap: target.dataset.liveSwap || 'outerMorph', hx: {} });
  for (const [node, top, left] of scrolled) {
    const now = node.isConnected ? node : node.id && document.getElementById(node.id);
    if (now && (now.scrollTop !== top || now.scrollLeft !== left)) now.scrollTo({ top, left, behavior: 'instant' });
  }
  if (sentence) say(sentence);
}

function mark(element) {
  const marker = document.getElementById('live-marker');
  if (!marker || element.querySelector(':scope > .live-marker')) return;
  const note = Object.assign(document.createElement('span'), { className: 'live-marker' });
  note.append(marker.content.cloneNode(true));
  element.append(note);
}

function unmark(element) {
  element?.querySelector(':scope > .live-marker')?.remove();
}

document.addEventListener('live:event', onEvent);
for (const name of ['focusout', 'submit', 'reset', 'wonward:written', 'drawer:closed', 'wonward:idle']) {
  document.addEventListener(name, () => setTimeout(soon, 0), true);
}
document.addEventListener('htmx:before:swap', ({ detail: { ctx, tasks } }) => { if (ctx.isWrite) tasks.forEach(task => ownTasks.add(task)); });
document.addEventListener('htmx:after:settle', ({ detail: { task, newContent } }) => {
  if (!ownTasks.has(task)) return;
  for (const node of newContent) if (node instanceof Element) drawn.set(node, performance.now());
});
document.addEventListener('htmx:finally:request', ({ detail: { ctx } }) => {
  const form = ctx.sourceElement?.closest?.('form[data-then-reload]');
  const status = ctx.response?.status;
  if (!form || !(status < 300 || status === 422)) return;
  form.reset();
  form.closest('details')?.removeAttribute('open');
  const element = status < 300 && form.closest('[data-live][data-live-url]');
  if (!element) return;
  waiting.set(keyOf(element), { id: Infinity, arrived: Infinity });
  soon();
});
window.htmx.config.morphIgnore.push('open');
follow();
