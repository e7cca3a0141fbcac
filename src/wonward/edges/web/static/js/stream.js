// The event stream of this tab. EventSource hides events whose names it was not told, and the id of a message without
// data, so the stream is read with fetch: every message counts, and the last id is known at every moment.
//
// <body data-stream-url="/events/stream" data-stream-after="4711">   the newest event the page already shows
// Each message becomes the event `live:event` {id, name, refs} on the document; body[data-stream] says on or off.
// After a cut: at once, then 0.5 s, 1 s … 30 s with chance in it; at once again when the tab is seen or the network is
// back. Asks for what it missed by last_event_id. Lets go when the tab has been hidden for a minute (a browser has few
// connections to one host). 401 and 403 end it: the session is over.
import { emit } from './request.js';

const SILENCE_MS = 45000;
const HIDDEN_MS = 60000;
const { body } = document;
let lastId = body.dataset.streamAfter || '';
let failures = 0;
let controller = null;
let isOver = false;
let timer = 0;
let hiddenTimer = 0;
let watchdog = 0;

export const lastEventId = () => lastId;

export async function follow() {
  clearTimeout(timer);
  if (controller || isOver) return;
  const mine = controller = new AbortController();
  try {
    const url = new URL(body.dataset.streamUrl, location.href);
    if (lastId) url.searchParams.set('last_event_id', lastId);
    const response = await fetch(url, { headers: { Accept: 'text/event-stream' }, cache: 'no-store', credentials: 'same-origin', signal: mine.signal });
    if (response.status === 401 || response.status === 403) { isOver = true; return; }
    if (!response.ok || !response.body) throw new Error(`stream answered ${response.status}`);
    body.dataset.stream = 'on';
    await read(response.body, mine);
  } catch { /* a cut; what was missed is asked for below */ } finally {
    if (controller === mine) {
      controller = null;
      body.dataset.stream = 'off';
      clearTimeout(watchdog);
      if (!isOver && !document.hidden) timer = setTimeout(follow, pause());
    }
  }
}

function pause() {
  const step = failures++;
  return step === 0 ? 0 : Math.min(30000, 250 * 2 ** step) * (0.75 + Math.random() / 2);
}

async function read(stream, mine) {
  const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    listen(mine);
    const { value, done } = await reader.read();
    if (done || mine !== controller) return;
    failures = 0;
    rest += value;
    const parts = rest.split(/\r?\n\r?\n/);
    rest = parts.pop();
    parts.forEach(take);
  }
}

function listen(mine) {
  clearTimeout(watchdog);
  watchdog = setTimeout(() => mine.abort(), SILENCE_MS);
}

function take(message) {
  let data = '';
  for (const line of message.split(/\r?\n/)) {
    const [, field, value] = /^(\w+): ?(.*)$/.exec(line) ?? [];
    if (field === 'id') lastId = value;
    else if (field === 'data') data += value;
  }
  if (!data) return;
  try { emit('live:event', { id: Number(lastId), ...JSON.parse(data) }); } catch { /* not ours to read */ }
}

export function letGo() {
  const open = controller;
  controller = null;
  clearTimeout(timer);
  clearTimeout(watchdog);
  body.dataset.stream = 'off';
  open?.abort();
}

function again() {
  failures = 0;
  letGo();
  follow();
}

document.addEventListener('visibilitychange', () => {
  clearTimeout(hiddenTimer);
  if (document.hidden) hiddenTimer = setTimeout(letGo, HIDDEN_MS);
  else if (!controller) again();
});
addEventListener('online', again);
addEventListener('pagehide', letGo);
addEventListener('pageshow', event => { if (event.persisted) again(); });
