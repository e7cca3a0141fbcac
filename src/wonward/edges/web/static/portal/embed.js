// Puts a form into another site's page: <script src=".../static/portal/embed.js" data-form="https://…/f/KEY/" async></script>
// The visitor's utm_ parameters and the page's address go along, so that the lead knows its campaign.
(() => {
  const script = document.currentScript;
  const address = new URL(script.dataset.form);
  address.searchParams.set('embed', '1');
  for (const [name, value] of new URLSearchParams(location.search)) {
    if (name.startsWith('utm_')) address.searchParams.set(name, value);
  }
  address.searchParams.set('utm_page', location.origin + location.pathname);
  const frame = document.createElement('iframe');
  frame.src = address.href;
  frame.title = script.dataset.title || 'Form';
  frame.loading = 'lazy';
  frame.width = '100%';
  frame.height = script.dataset.height || '680';
  frame.setAttribute('frameborder', '0');
  script.after(frame);
})();
