// Edit a value where it stands; and drafts of long text that survive a reload.
//
// <inline-edit id="deal-12-name"><button type="button" class="inline-value" aria-label="Name: Website, edit">Website</button>
//   <template><form action="/deals/12/name"><input name="name" value="Website" aria-label="Name">
//     <input type="hidden" name="version" value="3"></form></template></inline-edit>
// Many values of a page may share one form, <template id="…">: then data-form names it, and data-url, data-value and
// data-version are what this value puts into it.
// One click = caret. Blur and Enter save (Ctrl/Cmd Enter in a textarea), Esc restores. Unchanged means not sent.
// 2xx   the answer's <inline-edit> of the same id replaces this one; the rest is swapped out of band
// 422   its words appear in p.field-error under the field; a <form> in it replaces the form; editing goes on
// 412   the answer holds the current <inline-edit>; <template id="inline-conflict"> with [data-slot=current],
//       [data-slot=yours], [data-keep=mine], [data-keep=theirs] asks. Anything else: what was typed stays, with the reason.
// textarea[data-draft="key"]   kept in sessionStorage for whoever is signed in until its form is saved or Esc; restored ones get data-restored.
import { apply, reasonOf, send } from './request.js';

const FIELDS = 'input:not([type=hidden]),textarea,select';
const templateOf = edit => edit.querySelector('template') || document.getElementById(edit.dataset.form);
const versionOf = edit => edit.dataset.version ?? templateOf(edit).content.querySelector('[name=version]').value;
const isChanged = field => field.matches('select') ? [...field.options].some(option => option.selected !== option.defaultSelected)
  : field.matches('[type=checkbox],[type=radio]') ? field.checked !== field.defaultChecked : field.value !== field.defaultValue;

class InlineEdit extends HTMLElement {
  connectedCallback() {
    if (this.isWired) return;
    this.isWired = true;
    this.addEventListener('click', event => { if (event.target.closest('.inline-value')) this.edit(); });
    this.addEventListener('keydown', event => this.onKey(event));
    this.addEventListener('submit', event => { event.preventDefault(); event.stopPropagation(); this.save(); });
    this.addEventListener('focusout', event => {
      if (this.form && !this.contains(event.relatedTarget) && document.hasFocus()) this.save({ isBlur: true });
    });
    const draft = this.querySelector('template')?.content.querySelector('[data-draft]');
    if (draft && readDraft(draft) !== null) this.edit({ isQuiet: true });
  }

  get form() { return this.querySelector(':scope > form'); }

  edit({ isQuiet = false } = {}) {
    if (this.form) return;
    this.value = this.querySelector('.inline-value');
    this.value.hidden = true;
    this.dataset.editing = '';
    this.append(templateOf(this).content.cloneNode(true));
    if (this.dataset.form) this.fill();
    restoreDrafts(this);
    const field = this.querySelector(`form ${FIELDS}`);
    if (isQuiet) return;
    field.focus();
    if (/^(text|search|url|tel|password)$|textarea/.test(field.type)) field.setSelectionRange(field.value.length, field.value.length);
  }

  /** Put what is this value's own into the form it shares. */
  fill() {
    const field = this.form.querySelector(FIELDS);
    const { url, value, version } = this.dataset;
    this.form.setAttribute('action', url);
    this.form.querySelector('[name=version]').value = version;
    if (field.matches('select')) for (const option of field.options) option.selected = option.defaultSelected = option.value === value;
    else field.value = field.defaultValue = value;
  }

  close({ isFocused = false } = {}) {
    if (!this.form) return;
    this.isSaving = true; // taking away what has the focus is no reason to save
    this.value.hidden = false;
    if (isFocused) this.value.focus();
    this.form.remove();
    this.querySelector('.inline-conflict')?.remove();
    delete this.dataset.editing;
    this.isSaving = false;
  }

  onKey(event) {
    if (!this.form || event.isComposing) return;
    if (event.key === 'Escape') {
      event.preventDefault();
      event.stopPropagation();
      forgetDrafts(this);
      this.close({ isFocused: true });
    } else if (event.key === 'Enter' && event.target.matches(FIELDS) && (!event.target.matches('textarea') || event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      this.save();
    }
  }

  async save({ isBlur = false, isForced = false } = {}) {
    const { form } = this;
    if (!form || this.isSaving || this.querySelector('.inline-conflict') && !isForced) return;
    if (!isForced && ![...form.querySelectorAll(FIELDS)].some(isChanged)) { this.close({ isFocused: !isBlur }); return; }
    if (!form.checkValidity()) { this.complain(form.querySelector(':invalid').validationMessage); return; }
    this.isSaving = true;
    form.setAttribute('aria-busy', 'true');
    const answer = await send(form.getAttribute('action'), new URLSearchParams(new FormData(form)));
    this.isSaving = false;
    form.removeAttribute('aria-busy');
    if (answer.isRedirect) return;
    if (answer.ok) await this.accept(answer.html, isBlur);
    else if (answer.status === 412 && this.current(answer.html)) this.conflict(answer.html);
    else this.complain(reasonOf(answer), answer.status === 422 ? answer.html : '');
  }

  async accept(html, isBlur) {
    forgetDrafts(this);
    const { id } = this;
    const hadFocus = this.contains(document.activeElement) || !isBlur;
    this.close();
    await (this.current(html) ? apply(html, { target: this, source: this.parentElement }) : apply(html));
    if (hadFocus) document.getElementById(id)?.querySelector('.inline-value')?.focus();
  }

  /** The same element as the server draws it now. */
  current(html) {
    const page = new DOMParser().parseFromString(html, 'text/html');
    return page.querySelector(`inline-edit[id="${CSS.escape(this.id)}"]`);
  }

  complain(words, html = '') {
    const fresh = html && new DOMParser().parseFromString(html, 'text/html').querySelector('form');
    if (fresh) {
      this.isSaving = true; // the form that goes takes the focus along; that is no reason to save
      this.form.replaceWith(fresh);
      this.isSaving = false;
    }
    const field = this.querySelector(`form ${FIELDS}`);
    let note = this.querySelector('.field-error');
    if (!note) {
      note = Object.assign(document.createElement('p'), { className: 'field-error', id: `${this.id}-error` });
      note.setAttribute('role', 'alert');
      this.form.append(note);
    }
    note.id ||= `${this.id}-error`;
    if (!fresh || !note.textContent) note.textContent = words;
    field.setAttribute('aria-invalid', 'true');
    field.setAttribute('aria-describedby', note.id);
    if (fresh || document.activeElement === document.body) field.focus();
  }

  conflict(html) {
    const theirs = this.current(html);
    const box = Object.assign(document.createElement('div'), { className: 'inline-conflict' });
    box.setAttribute('role', 'alert');
    box.append(document.getElementById('inline-conflict').content.cloneNode(true));
    const field = this.querySelector(`form ${FIELDS}`);
    const fillSlot = (name, words) => box.querySelectorAll(`[data-slot=${name}]`).forEach(slot => { slot.textContent = words; });
    fillSlot('current', theirs.querySelector('.inline-value').textContent.trim());
    fillSlot('yours', field.matches('select') ? field.selectedOptions[0]?.textContent : field.value);
    this.append(box);
    box.querySelector('[data-keep=mine]').addEventListener('click', () => {
      this.form.querySelector('[name=version]').value = versionOf(theirs);
      box.remove();
      this.save({ isForced: true });
    });
    box.querySelector('[data-keep=theirs]').addEventListener('click', () => this.accept(html, false));
    box.querySelector('button').focus();
  }
}

const viewer = document.querySelector('meta[name="viewer"]')?.content ?? '';
const draftKey = area => `draft:${viewer}:${area.dataset.draft}`;
function readDraft(area) {
  try { return sessionStorage.getItem(draftKey(area)); } catch { return null; }
}
function restoreDrafts(root) {
  for (const area of root.querySelectorAll('textarea[data-draft]:not([data-restored])')) {
    const draft = readDraft(area);
    if (draft !== null && draft !== area.value) { area.value = draft; area.dataset.restored = ''; }
  }
}
function forgetDrafts(root) {
  for (const area of root.querySelectorAll('textarea[data-draft]')) {
    try { sessionStorage.removeItem(draftKey(area)); } catch { /* nothing was kept */ }
    delete area.dataset.restored;
  }
}

document.addEventListener('input', ({ target }) => {
  if (!target.matches?.('textarea[data-draft]')) return;
  try { sessionStorage.setItem(draftKey(target), target.value); } catch { /* full or forbidden: no draft */ }
});
document.addEventListener('htmx:before:swap', ({ detail: { ctx } }) => {
  const form = ctx.response?.status < 400 && ctx.isWrite && ctx.sourceElement?.closest('form');
  if (form) forgetDrafts(form);
});
document.addEventListener('submit', event => { if (!event.defaultPrevented) forgetDrafts(event.target); });
document.addEventListener('reset', event => forgetDrafts(event.target));
document.addEventListener('htmx:after:swap', () => restoreDrafts(document));
customElements.define('inline-edit', InlineEdit);
restoreDrafts(document);
