"""What a browser sees cut off on a page, or lying on top of something else."""

from __future__ import annotations

CUT_OFF = """() => {
  const found = new Set();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode, holder = text.parentElement, range = document.createRange();
    if (!text.data.trim() || !holder.checkVisibility({ contentVisibilityAuto: true, opacityProperty: true, visibilityProperty: true })) continue;
    range.selectNodeContents(text);
    const words = range.getBoundingClientRect();
    if (words.width < 2 || words.height < 2) continue;
    for (let box = holder; box && box !== document.body; box = box.parentElement) {
      const style = getComputedStyle(box), edge = box.getBoundingClientRect();
      if (style.visibility === 'hidden' || edge.width < 2 || edge.height < 2) break;
      if (['auto', 'scroll'].includes(style.overflowX) || ['auto', 'scroll'].includes(style.overflowY)) break;
      const across = ['hidden', 'clip'].includes(style.overflowX) && (words.right > edge.right + 1 || words.left < edge.left - 1);
      const down = ['hidden', 'clip'].includes(style.overflowY) && words.bottom > edge.bottom + 2;
      if (!across && !down) continue;
      holder.dispatchEvent(new PointerEvent('pointerover', { bubbles: true }));
      const isMeant = style.textOverflow === 'ellipsis' || style.webkitLineClamp !== 'none';
      if (!isMeant || !(box.closest('[title]') || holder.closest('[title]') || box.querySelector('[title]')))
        found.add(`${box.className}: ${text.data.trim().slice(0, 60)}`);
      break;
    }
  }
  return [...found];
}"""

ON_TOP = """() => {
  const shown = one => {
    let { left, right, top, bottom } = one.getBoundingClientRect();
    for (let box = one.parentElement; box && box !== document.body; box = box.parentElement) {
      if (getComputedStyle(box).overflow === 'visible') continue;
      const edge = box.getBoundingClientRect();
      [left, right, top, bottom] = [Math.max(left, edge.left), Math.min(right, edge.right), Math.max(top, edge.top), Math.min(bottom, edge.bottom)];
    }
    return { left, right, top, bottom, width: right - left, height: bottom - top };
  };
  const controls = [...document.querySelectorAll('main a[href], main button, main input:not([type=hidden]), main select, main textarea, main summary')];
  const seen = controls.filter(one => {
    if (!one.checkVisibility({ contentVisibilityAuto: true, opacityProperty: true, visibilityProperty: true })) return false;
    if (getComputedStyle(one).display === 'inline') return false;
    for (let box = one; box && box !== document.body; box = box.parentElement)
      if (['absolute', 'fixed', 'sticky'].includes(getComputedStyle(box).position)) return false;
    return true;
  }).map(one => [one, shown(one)]).filter(([, box]) => box.width > 3 && box.height > 3);
  const found = new Set(), says = one => `${one.tagName.toLowerCase()}.${one.className} ${(one.textContent || one.name || '').trim().slice(0, 40)}`;
  seen.sort((one, other) => one[1].top - other[1].top);
  seen.forEach(([one, box], at) => {
    for (const [other, edge] of seen.slice(at + 1)) {
      if (edge.top > box.bottom) break;
      if (one.contains(other) || other.contains(one)) continue;
      const across = Math.min(box.right, edge.right) - Math.max(box.left, edge.left), down = Math.min(box.bottom, edge.bottom) - Math.max(box.top, edge.top);
      if (across > 2 && down > 2) found.add(`${says(one)} | ${says(other)}`);
    }
  });
  return [...found];
}"""
