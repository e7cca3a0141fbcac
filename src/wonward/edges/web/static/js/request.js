// Writes outside htmx, and what every answer of the server means. Only app.js is ever named by a page's <script>:
// the others are imported by relative name, so that each exists once.
//
// <meta name="csrf-token" content="…">      sent as X-CSRFToken with every write
// <template id="text-offline">…</template>  shown when the server fails or cannot be reached
// HX-Trigger: {"toast": {…}, "drawer:close": {}}   events, ASCII JSON, dispatched on the document

export const text = (id, fallback = '') =>
  document.getElementById(`text-${id}`)?.content.textContent.trim() || fallback;

export const csrfToken = () => document.querySelector('meta[name="csrf-token"]')?.content ?? '';

export const emit = (name, detail = {}, on = document) =>
  on.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, cancelable: true }));

const writes = new Set();
/** Whether a write of this tab is on its way. */
export const isWriting = () => writes.size > 0;
export function writing(key) {
  writes.add(key);
  return () => { if (writes.delete(key)) emit('wonward:written'); };
}

/** Fill "{name}" places of a sentence that the page has translated. */
export const fill = (sentence, values) =>
  (sentence ?? '').replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);

/** The words of a fragment, and whether a person has something to do in it. */
export function readFragment(html) {
  const { body } = new DOMParser().parseFromString(html, 'text/html');
  body.querySelectorAll('script,style,template').forEach(node => node.remove());
  return { words: body.textContent.replace(/\s+/g, ' ').trim(), isForm: !!body.querySelector('form,button,input,select,textarea') };
}

/**
 * Swap an answer in: its out-of-band parts, and its main part into `target`. Without a target every part whose id is
 * on the page is morphed into that element.
 */
export function apply(html, { target = null, swap = target ? 'outerHTML' : 'none', source = document.body } = {}) {
  return window.htmx.swap({ text: target ? html : byId(html), sourceElement: source, target: target ?? source, swap, isWrite: true, hx: {} });
}

function byId(html) {
  const page = document.createElement('template');
  page.innerHTML = html;
  for (const part of page.content.children) {
    if (part.id && !part.hasAttribute('hx-swap-oob') && document.getElementById(part.id)) part.setAttribute('hx-swap-oob', 'outerMorph');
  }
  return page.innerHTML;
}

/**
 * Send a form-encoded request. Resolves always, with {ok, status, html, isOffline}; status 0 means nobody answered.
 * `values` is an object, FormData or URLSearchParams. Swapping is left to the caller.
 */
export async function send(url, values = {}, { method = 'POST', signal, accept = 'text/html' } = {}) {
  const isRead = method === 'GET';
  const body = values instanceof FormData ? values : new URLSearchParams(values);
  const done = isRead ? () => {} : writing({});
  try {
    const response = await fetch(isRead && `${body}` ? `${url}${url.includes('?') ? '&' : '?'}${body}` : url, {
      method, signal, credentials: 'same-origin', body: isRead ? undefined : body,
      headers: { 'HX-Request': 'true', 'HX-Current-URL': location.href, Accept: accept,
        ...(isRead ? {} : { 'X-CSRFToken': csrfToken() }) },
    });
    const html = await response.text();
    const redirect = response.headers.get('HX-Redirect');
    if (redirect) location.assign(redirect);
    dispatchTriggers(response.headers.get('HX-Trigger'));
    return { ok: response.ok && !redirect, status: response.status, html, headers: response.headers, isOffline: false, isRedirect: !!redirect };
  } catch (error) {
    if (error.name === 'AbortError') throw error;
    return { ok: false, status: 0, html: '', headers: new Headers(), isOffline: true };
  } finally {
    // The answer is swapped in before anybody hears that the write is over.
    setTimeout(done, 0);
  }
}

function dispatchTriggers(header) {
  if (!header) return;
  const events = header.startsWith('{') ? JSON.parse(header) : Object.fromEntries(header.split(',').map(name => [name.trim(), {}]));
  for (const [name, detail] of Object.entries(events)) emit(name, typeof detail === 'object' ? detail : { value: detail });
}

/** The sentence that explains a failed answer. */
export const reasonOf = answer =>
  answer.status >= 400 && answer.status < 500 && readFragment(answer.html).words || text('offline');
