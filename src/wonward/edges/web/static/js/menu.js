// Popover menus, tabs without a server, and the phone's navigation.
//
// <button data-menu="id" aria-haspopup="menu" aria-expanded="false">, <div id="id" popover role="menu">[role^=menuitem]…
//   arrows, Home, End and first letters move; Esc closes; a choice closes; the focus returns to the button.
// <div role="tablist"><button role="tab" aria-controls="id" aria-selected="true">, <div role="tabpanel" id="id" hidden>
//   arrows choose. Tabs that are links (href) stay links.
// <button data-nav="id" aria-expanded="false">   toggles class is-open on the navigation of that id; Esc or a link closes.
const items = menu => [...menu.querySelectorAll('[role^=menuitem]:not([disabled],[aria-disabled=true],[hidden])')];
const openers = new WeakMap();
const closedAt = new WeakMap();

/** Open a popover menu below its anchor; `prefer` is the item to focus. */
export function openMenu(menu, anchor, prefer = null) {
  openers.set(menu, anchor);
  if (!menu.matches(':popover-open')) menu.showPopover();
  anchor.setAttribute('aria-expanded', 'true');
  place(menu, anchor);
  (prefer ?? menu.querySelector('[aria-checked=true]') ?? items(menu)[0])?.focus({ preventScroll: true });
}

export function closeMenu(menu) {
  if (menu.matches(':popover-open')) menu.hidePopover();
}

function place(menu, anchor) {
  const at = anchor.getBoundingClientRect();
  const gap = 4;
  const isRtl = getComputedStyle(anchor).direction === 'rtl';
  const left = isRtl ? at.right - menu.offsetWidth : at.left;
  const below = at.bottom + gap;
  const top = below + menu.offsetHeight > innerHeight - 8 ? at.top - gap - menu.offsetHeight : below;
  Object.assign(menu.style, { position: 'fixed', inset: 'auto', margin: '0',
    left: `${Math.max(8, Math.min(left, innerWidth - menu.offsetWidth - 8))}px`,
    top: `${Math.max(8, Math.min(top, innerHeight - menu.offsetHeight - 8))}px` });
}

function step(list, from, key) {
  const last = list.length - 1;
  const i = list.indexOf(from);
  if (key === 'Home') return list[0];
  if (key === 'End') return list[last];
  return list[key === 'next' ? (i >= last ? 0 : i + 1) : (i <= 0 ? last : i - 1)];
}

function onMenuKey(event, menu) {
  const list = items(menu);
  const key = { ArrowDown: 'next', ArrowUp: 'previous', Home: 'Home', End: 'End' }[event.key];
  if (key) { event.preventDefault(); step(list, document.activeElement, key)?.focus(); return; }
  if (event.key === 'Tab') { closeMenu(menu); return; }
  if (event.key.length === 1 && event.key !== ' ' && !event.ctrlKey && !event.metaKey && !event.altKey) {
    const later = [...list.slice(list.indexOf(document.activeElement) + 1), ...list];
    later.find(item => item.textContent.trim().toLowerCase().startsWith(event.key.toLowerCase()))?.focus();
    event.stopPropagation();
  }
}

function onTabKey(event, tab) {
  const isNext = event.key === 'ArrowRight' || event.key === 'ArrowDown';
  const key = isNext ? 'next' : { ArrowLeft: 'previous', ArrowUp: 'previous', Home: 'Home', End: 'End' }[event.key];
  if (!key) return;
  event.preventDefault();
  const next = step([...tab.closest('[role=tablist]').querySelectorAll('[role=tab]')], tab, key);
  next.focus();
  if (next.hasAttribute('aria-controls')) choose(next);
}

function choose(tab) {
  for (const other of tab.closest('[role=tablist]').querySelectorAll('[role=tab][aria-controls]')) {
    const isChosen = other === tab;
    other.setAttribute('aria-selected', String(isChosen));
    other.tabIndex = isChosen ? 0 : -1;
    const panel = document.getElementById(other.getAttribute('aria-controls'));
    if (panel) panel.hidden = !isChosen;
  }
}

function setNavigation(button, isOpen) {
  button.setAttribute('aria-expanded', String(isOpen));
  const navigation = document.getElementById(button.dataset.nav);
  navigation?.classList.toggle('is-open', isOpen);
  if (isOpen) navigation?.querySelector('a,button')?.focus();
}
const openNavigation = () => document.querySelector('[data-nav][aria-expanded=true]');

document.addEventListener('click', event => {
  const opener = event.target.closest('[data-menu]');
  if (opener) {
    const menu = document.getElementById(opener.dataset.menu);
    if (!menu) return;
    event.preventDefault();
    if (menu.matches(':popover-open')) closeMenu(menu);
    else if (openers.get(menu) === opener && performance.now() - (closedAt.get(menu) ?? -1000) < 200) return;
    else openMenu(menu, opener);
    return;
  }
  const item = event.target.closest('[role^=menuitem]');
  if (item) { const menu = item.closest('[popover]'); if (menu) closeMenu(menu); }
  const tab = event.target.closest('[role=tab][aria-controls]');
  if (tab) choose(tab);
  const toggle = event.target.closest('[data-nav]');
  if (toggle) { setNavigation(toggle, toggle.getAttribute('aria-expanded') !== 'true'); return; }
  const open = openNavigation();
  if (open && (event.target.closest('a') || !document.getElementById(open.dataset.nav)?.contains(event.target))) setNavigation(open, false);
});
document.addEventListener('keydown', event => {
  const menu = event.target.closest?.('[popover][role=menu]');
  if (menu) { onMenuKey(event, menu); return; }
  const tab = event.target.closest?.('[role=tab]');
  if (tab) { onTabKey(event, tab); return; }
  const opener = event.target.closest?.('[data-menu]');
  if (opener && event.key === 'ArrowDown') { event.preventDefault(); opener.click(); return; }
  const open = event.key === 'Escape' && openNavigation();
  if (open) { setNavigation(open, false); open.focus(); }
});
// A light dismiss hides the menu just before the click on its button would open it again.
document.addEventListener('beforetoggle', event => {
  const opener = openers.get(event.target);
  if (event.newState !== 'closed' || !opener) return;
  opener.setAttribute('aria-expanded', 'false');
  closedAt.set(event.target, performance.now());
}, true);
document.addEventListener('toggle', event => {
  const opener = openers.get(event.target);
  const active = document.activeElement;
  if (event.newState === 'closed' && opener?.isConnected && (active === document.body || event.target.contains(active))) opener.focus({ preventScroll: true });
}, true);
