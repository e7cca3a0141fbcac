"""Several services sold together become projects. The rule, in the words of the screen:

1. A service that says *own project* becomes a project of its own, one per line.
2. Lines whose services share a template become one project, each a section of it.
3. A service that says *section of the main project* becomes a section of the first project of rule 2; if there is none,
   these sections are the main project.
4. A service without a template adds one task to the main project, or to the first there is.

The main project comes first. A project made of one line alone has no sections.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from wonward.domains.catalog.rules.expanding import expand_items
from wonward.domains.catalog.rules.role_hours import put_hours, task_with_hours
from wonward.domains.catalog.types import (
    Blueprint,
    BlueprintItem,
    FrozenTemplate,
    SoldLine,
    SoldService,
    Waits,
)

Sold = tuple[SoldLine, SoldService]


@dataclass(frozen=True, slots=True)
class _Group:
    """Lines that become one project; `name` tells it from its siblings."""

    name: str
    sold: tuple[Sold, ...]


def compose_projects(name: str, sold: Sequence[Sold], templates: Mapping[int, FrozenTemplate]) -> list[Blueprint]:
    """The projects of a deal called `name`, main project first; never empty."""
    loose = [one for one in sold if one[1].template_id is None]
    groups = _groups([one for one in sold if one[1].template_id is not None], templates)
    if not groups:
        return [_loose_project(name, loose)]
    blueprints = [
        _project(name if len(groups) == 1 else f"{name}: {group.name}", group.sold, templates) for group in groups
    ]
    if loose:
        blueprints[0] = _with_tasks(blueprints[0], _loose_project(name, loose))
    return blueprints


def compose_additions(
    name: str, sold: Sequence[Sold], templates: Mapping[int, FrozenTemplate], there: Sequence[str]
) -> list[tuple[int | None, Blueprint]]:
    """What lines sold later add: (place of the project they join, or None for a project of their own, its items).

    `there` are the names of the templates of the projects that go on, the main one first, empty for one without. The same
    rules decide: sections join the project of their template, sections of the main project and tasks the main one.
    """
    additions: list[tuple[int | None, Blueprint]] = []
    main = 0 if there else None
    loose = [one for one in sold if one[1].template_id is None]
    sections = [one for one in sold if one[1].template_id is not None and one[1].placement == "main_section"] if there else []
    if sections:
        additions.append((main, _project(name, sections, templates, is_section=True)))
    for group in _groups([one for one in sold if one[1].template_id is not None and one not in sections], templates):
        service = group.sold[0][1]
        own_template = templates[service.template_id or 0].name
        place = there.index(own_template) if own_template in there and service.placement != "own_project" else None
        additions.append((place, _project(f"{name}: {group.name}", group.sold, templates, is_section=place is not None)))
    if loose:
        project = _loose_project(name, loose)
        additions.append((main, project if main is None else replace(project, items=project.items[:-1])))
    return additions


def _groups(sold: Sequence[Sold], templates: Mapping[int, FrozenTemplate]) -> list[_Group]:
    own = [_Group(service.name, ((line, service),)) for line, service in sold if service.placement == "own_project"]
    sections = tuple(one for one in sold if one[1].placement == "main_section")
    shared: dict[int, list[Sold]] = {}
    for line, service in sold:
        if service.placement not in ("own_project", "main_section") and service.template_id is not None:
            shared.setdefault(service.template_id, []).append((line, service))
    together = [_Group(templates[key].name, tuple(lines)) for key, lines in shared.items()]
    if sections and together:
        together[0] = _Group(together[0].name, (*together[0].sold, *sections))
    elif sections:
        together = [_Group(sections[0][1].name, sections)]
    return [*together, *own]


def _project(
    name: str, sold: Sequence[Sold], templates: Mapping[int, FrozenTemplate], *, is_section: bool = False
) -> Blueprint:
    items: list[BlueprintItem] = []
    for place, (line, service) in enumerate(sold, start=1):
        assert service.template_id is not None
        frozen = templates[service.template_id].items
        if len(sold) == 1 and not is_section:
            items = put_hours(expand_items(frozen, quantity=line.quantity, options=line.options), line)
            break
        section = f"s{place}"
        items.append(BlueprintItem(section, "phase", service.name, None, 480, 0, "", (), "", ()))
        for item in put_hours(expand_items(frozen, quantity=line.quantity, options=line.options, prefix=f"{section}."), line, f"{section}."):
            items.append(item if item.parent else replace(item, parent=section))
    planned = sum(item.effort_minutes for item in items if item.kind != "phase")
    priced = 0 if any(line.hours is not None for line, _ in sold) else sum(int(line.quantity * service.effort_minutes) for line, service in sold)
    first = templates[sold[0][1].template_id or 0]
    return Blueprint(
        name, first.template_id, first.name, first.number, tuple(items), priced or planned, tuple(service.id for _, service in sold)
    )


def _with_tasks(project: Blueprint, loose: Blueprint) -> Blueprint:
    """A project and the tasks of services without template; their own closing milestone is not needed."""
    return replace(
        project, items=(*project.items, *loose.items[:-1]), effort_minutes=project.effort_minutes + loose.effort_minutes,
        service_ids=(*project.service_ids, *loose.service_ids),
    )


def _loose_project(name: str, sold: Sequence[Sold]) -> Blueprint:
    tasks = [
        task_with_hours(BlueprintItem(
            f"service-{place}", "task", f"Deliver {service.name}" + (f" × {line.quantity.normalize():f}" if line.quantity != 1 else ""),
            None, 480, int(line.quantity * service.effort_minutes), "", (), "", (),
        ), line)
        for place, (line, service) in enumerate(sold, start=1)
    ] or [BlueprintItem("work", "task", f"Deliver {name}", None, 480, 0, "", (), "", ())]
    done = BlueprintItem("done", "milestone", "Delivered", None, 0, 0, "", tuple(Waits(task.key, "FS", 0) for task in tasks), "", ())
    effort = sum(task.effort_minutes for task in tasks)
    return Blueprint(name, None, "", None, (*tasks, done), effort, tuple(service.id for _, service in sold))
