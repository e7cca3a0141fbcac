// "Are you sure?", in the page's own dialog. Needs no htmx; works for links, buttons, forms and htmx elements.
//
// [data-confirm="sentence"] [data-confirm-label="Delete"]   on what is pressed or on the form; hx-confirm works too
// <dialog id="confirm"><form method="dialog"><p data-slot="text"></p>
//   <button value="cancel">…</button><button value="ok" data-slot="label">…</button></form></dialog>
const agreed = new WeakSet();

function ask(sentence, label) {
  const dialog = document.getElementById('confirm');
  dialog.querySelector('[data-slot=text]').textContent = sentence;
  const ok = dialog.querySelector('button[value=ok]');
  ok.dataset.words ??= ok.textContent;
  ok.textContent = label || ok.dataset.words;
  dialog.returnValue = '';
  dialog.showModal();
  dialog.querySelector('button[value=cancel]')?.focus();
  return new Promise(resolve => dialog.addEventListener('close', () => resolve(dialog.returnValue === 'ok'), { once: true }));
}

async function guard(event, element, repeat) {
  if (agreed.delete(element)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (await ask(element.dataset.confirm, element.dataset.confirmLabel)) {
    agreed.add(element);
    repeat();
  }
}

window.addEventListener('click', event => {
  const element = event.target.closest?.('[data-confirm]:not(form)');
  if (element) guard(event, element, () => element.click());
}, true);
window.addEventListener('submit', event => {
  const form = event.target;
  if (form.matches?.('form[data-confirm]')) guard(event, form, () => form.requestSubmit(event.submitter));
}, true);
document.addEventListener('htmx:confirm', event => {
  event.preventDefault();
  const { ctx, issueRequest, dropRequest } = event.detail;
  ask(ctx.confirm, ctx.sourceElement.dataset.confirmLabel).then(isSure => (isSure ? issueRequest() : dropRequest()));
});
