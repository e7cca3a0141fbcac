// Says once that the page was really looked at; a program that only fetches the page does not run this.
const asked = document.querySelector('[data-seen]');
if (asked) fetch(asked.dataset.seen, { method: 'POST', keepalive: true, credentials: 'omit' }).catch(() => {});
