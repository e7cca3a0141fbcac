"""How the timeline does with thousands of tasks: `python -m tests.browser.timeline.bench` prints JSON lines.

Times depend on the machine and are only printed; that at most 600 elements are drawn is a test. The floor of a paint is an empty
page of the same browser that puts as many plain elements on itself.
"""

from __future__ import annotations

import json
import os
from typing import Any

from tests.browser.chromium import CHROMIUM, launched_chromium
from tests.browser.office import seated, served

WORLD = ("-m", "tests.browser.timeline.world", "endless")
GOALS = {"long": {"first_paint_ms": 100, "scroll_p95_ms": 20}, "endless": {"first_paint_ms": 300}}
LAST = {"long": "Task 2999", "endless": "Task 9999"}
_OPENED = """async () => {
  const host = document.querySelector('plan-gantt');
  const data = await host.fetchPlan();
  const times = [];
  for (let turn = 0; turn < 9; turn += 1) {
    const copy = structuredClone(data);
    for (const i of [...host.chart.drawn.keys()]) host.chart.release(i);
    const at = performance.now();
    host.plan.load(copy);
    host.refresh();
    host.chart.element.getBoundingClientRect();
    times.push(performance.now() - at);
    await new Promise(requestAnimationFrame);
  }
  times.sort((one, other) => one - other);
  return { median: times[4], worst: times[8] };
}"""
_SCROLLED = """async () => {
  const host = document.querySelector('plan-gantt');
  const frames = [];
  for (let step = 0; step < 120; step += 1) {
    const at = performance.now();
    host.chart.element.scrollTop += 700;
    host.chart.paint();
    host.chart.element.getBoundingClientRect();
    frames.push(performance.now() - at);
    await new Promise(requestAnimationFrame);
  }
  frames.sort((one, other) => one - other);
  return frames[Math.floor(frames.length * .95)];
}"""
_FOUND = """async name => {
  const field = document.querySelector('[data-find]');
  field.value = '';
  await document.querySelector('plan-gantt').tooling(kit => kit.find(''));
  const at = performance.now();
  field.value = name;
  field.dispatchEvent(new Event('input', { bubbles: true }));
  const isThere = () => [...document.querySelectorAll('.gantt__row:not([hidden])')].some(row => row.link.textContent === name);
  while (!isThere()) await new Promise(requestAnimationFrame);
  return performance.now() - at;
}"""
_FLOOR = """count => {
  const at = performance.now();
  const box = document.body.appendChild(document.createElement('div'));
  for (let number = 0; number < count; number += 1) box.appendChild(document.createElement('span')).textContent = number;
  box.getBoundingClientRect();
  const spent = performance.now() - at;
  box.remove();
  return spent;
}"""


def main() -> None:
    if not CHROMIUM:
        raise SystemExit("CHROMIUM IS MISSING: the timeline was not measured")
    with (
        served(WORLD) as site, launched_chromium() as browser,
        seated(site, browser, "manager@studio.test", site.world["password"]) as person,
    ):
        for plan, goals in GOALS.items():
            page = person.page
            page.goto(f"{site.url}/projects/{site.world[plan]}/plan/")
            page.wait_for_selector("plan-gantt[data-ready]")
            _tell(plan, goals, page)


def _tell(plan: str, goals: dict[str, int], page: Any) -> None:
    painted = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0")
    opened, scrolled, found = page.evaluate(_OPENED), page.evaluate(_SCROLLED), page.evaluate(_FOUND, LAST[plan])
    nodes = page.evaluate("document.querySelectorAll('plan-gantt .gantt, plan-gantt .gantt *').length")
    print(json.dumps({
        "figure": f"gantt_{plan}", "nodes": nodes, "most_nodes": 600, "first_paint_ms": round(opened["median"], 1),
        "worst_paint_ms": round(opened["worst"], 1), "floor_ms": round(page.evaluate(_FLOOR, nodes), 1), "scroll_p95_ms": round(scrolled, 1),
        "search_last_task_ms": round(found, 1), "page_first_contentful_ms": round(painted), "goals": goals, "load": round(os.getloadavg()[0], 1),
    }), flush=True)


if __name__ == "__main__":
    main()
