// Small helps for forms; every form works without them.
//
// input[type=date][data-words="id"]    the date in words goes into #id (or the next .date-words)
// a form is sent once: a second submit waits for the answer. form[data-repeat] and forms with a target are left alone
// [data-bulk] around rows: input[data-check-all="name"], input[name=name] (Shift marks a range), [data-bulk-bar] is shown
//   while something is marked, [data-bulk-count][data-words="{count} selected"]
// form[data-upload] with <progress hidden>: the file is sent with progress; answers as everywhere (422 replaces the form)
import { apply, csrfToken, emit, fill, reasonOf, text, writing } from './request.js';
import { toast } from './toast.js';

/* dates in words: a civil date is read as it stands, at noon of the reader's own day, so no zone can shift it */
// English as the server writes it, the day before the month.
const tongue = document.documentElement.lang === 'en' ? 'en-GB' : document.documentElement.lang || undefined;
const words = new Intl.DateTimeFormat(tongue, { weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' });
function showWords(input) {
  const [, year, month, day] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(input.value) ?? [];
  const place = document.getElementById(input.dataset.words) ?? input.parentElement?.querySelector('.date-words');
  if (!place) return;
  const said = year ? words.format(new Date(+year, month - 1, +day, 12)) : '';
  place.textContent = tongue === 'en-GB' ? said.replace(',', '') : said;
}
const showAllWords = (root = document) => root.querySelectorAll('input[data-words]:not([type=checkbox])').forEach(showWords);

/* one submit at a time */
const sending = new WeakSet();
const release = form => { sending.delete(form); form.removeAttribute('aria-busy'); };
function hold(form) { sending.add(form); form.setAttribute('aria-busy', 'true'); }

/* bulk */
let lastMarked = null;
function onMark(event) {
  const box = event.target.closest('[data-bulk]');
  const input = event.target;
  if (!box || !input.matches('input[type=checkbox]')) return;
  const master = box.querySelector('[data-check-all]');
  if (!master) return;
  const all = [...box.querySelectorAll(`input[type=checkbox][name="${CSS.escape(master.dataset.checkAll)}"]:not(:disabled)`)];
  if (input === master) all.forEach(one => { one.checked = master.checked; });
  else if (!all.includes(input)) return;
  else {
    if (isShift && all.includes(lastMarked)) {
      const [from, to] = [all.indexOf(lastMarked), all.indexOf(input)].sort((a, b) => a - b);
      all.slice(from, to + 1).forEach(one => { one.checked = input.checked; });
    }
    lastMarked = input;
  }
  showBulk(box, master, all);
}
let isShift = false;

function showBulk(box, master, all) {
  const count = all.filter(one => one.checked).length;
  master.checked = count > 0 && count === all.length;
  master.indeterminate = count > 0 && count < all.length;
  box.querySelectorAll('[data-bulk-bar]').forEach(bar => { bar.hidden = !count; });
  box.querySelectorAll('[data-bulk-count]').forEach(place => { place.textContent = fill(place.dataset.words ?? '{count}', { count }); });
}

/* uploads: fetch cannot tell how far it is, XMLHttpRequest can */
function upload(form, submitter) {
  const request = new XMLHttpRequest();
  const progress = form.querySelector('progress');
  const done = writing(form);
  hold(form);
  if (progress) Object.assign(progress, { hidden: false, max: 1, value: 0 });
  request.upload.addEventListener('progress', event => { if (progress && event.lengthComputable) progress.value = event.loaded / event.total; });
  request.addEventListener('loadend', async () => {
    release(form);
    if (progress) progress.hidden = true;
    await finish(form, request);
    done();
  });
  request.open('POST', form.action);
  request.setRequestHeader('HX-Request', 'true');
  request.setRequestHeader('X-CSRFToken', csrfToken());
  request.send(new FormData(form, submitter));
}

async function finish(form, request) {
  const redirect = request.getResponseHeader('HX-Redirect');
  if (redirect) { location.assign(redirect); return; }
  const triggers = request.getResponseHeader('HX-Trigger');
  if (triggers?.startsWith('{')) for (const [name, detail] of Object.entries(JSON.parse(triggers))) emit(name, detail);
  const answer = { status: request.status, html: request.responseText };
  if (answer.status === 422) await apply(answer.html, { target: form, source: form.parentElement });
  else if (answer.status >= 200 && answer.status < 300) { form.reset(); await apply(answer.html); }
  else toast({ text: answer.status ? reasonOf(answer) : text('offline'), tone: 'bad' });
}

addEventListener('submit', event => {
  if (!sending.has(event.target)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
}, true);
addEventListener('submit', event => {
  const form = event.target;
  if (event.defaultPrevented || form.method === 'dialog' || form.target || form.hasAttribute('data-repeat')) return;
  if (form.hasAttribute('data-upload')) { event.preventDefault(); upload(form, event.submitter); } else hold(form);
});
document.addEventListener('htmx:before:request', ({ detail: { ctx } }) => { if (ctx.sourceElement.matches('form') && ctx.request.method !== 'GET') hold(ctx.sourceElement); });
document.addEventListener('htmx:finally:request', ({ detail: { ctx } }) => { const form = ctx.sourceElement?.closest?.('form'); if (form) release(form); });
addEventListener('pageshow', () => { for (const form of document.forms) release(form); });
document.addEventListener('click', event => { isShift = event.shiftKey; }, true);
document.addEventListener('change', event => { onMark(event); if (event.target.matches('input[data-words]')) showWords(event.target); });
document.addEventListener('input', event => { if (event.target.matches('input[data-words]')) showWords(event.target); });
document.addEventListener('htmx:after:swap', () => showAllWords());
showAllWords();
