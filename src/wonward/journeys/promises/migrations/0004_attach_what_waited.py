"""What was promised on deals that became several projects, or after their win, is put where it holds."""

from datetime import date
from typing import Any

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

_CONDITIONS = ("exclusion", "assumption")


def attach_what_waited(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Every deal with a handoff: its live promises hold where `places_of` says; what was tied elsewhere and kept by nothing moves."""
    for deal_id, project_ids in _projects_of_deals(schema_editor).items():
        _attach(apps, deal_id, project_ids)


def _projects_of_deals(schema_editor: BaseDatabaseSchemaEditor) -> dict[int, list[int]]:
    """The handoffs stand above promises, so that their tables are read where they are there."""
    connection = schema_editor.connection
    found: dict[int, list[int]] = {}
    if "handoff_handoffproject" in connection.introspection.table_names():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT h.deal_id, p.project_id FROM handoff_handoffproject p JOIN handoff_handoff h ON h.id = p.handoff_id ORDER BY p.id"
            )
            for deal_id, project_id in cursor.fetchall():
                found.setdefault(deal_id, []).append(project_id)
    return found


def _attach(apps: Apps, deal_id: int, project_ids: list[int]) -> None:
    promises = list(apps.get_model("promises", "Promise").objects.filter(deal_id=deal_id).exclude(state__in=("waived", "replaced")).order_by("pk"))
    if not promises or (len(project_ids) == 1 and all(promise.project_id for promise in promises)):
        return
    cover_model, further_model = apps.get_model("promises", "PromiseCover"), apps.get_model("promises", "PromiseProject")
    keys, finishes = _plans(apps, project_ids)
    for promise in promises:
        places = _places(promise, keys)
        former = promise.project_id
        if former is not None and former not in project_ids:
            continue
        known = set(cover_model.objects.filter(promise=promise).values_list("task_id", flat=True))
        if former is None or (former not in places and not known):
            promise.project_id = places[0]
        further = [key for key in places if key != promise.project_id]
        further_model.objects.bulk_create([further_model(promise=promise, project_id=key) for key in further], ignore_conflicts=True)
        fresh = [key for key in (promise.project_id, *further) if key != former]
        joining = {task_id for key in fresh for task_id in keys[key].get(promise.key, ())} - known if promise.key else set()
        cover_model.objects.bulk_create(
            [cover_model(promise=promise, task_id=task_id, created_at=promise.updated_at) for task_id in sorted(joining)]
        )
        _follow(promise, [finishes.get(key) for key in known | joining], is_new=bool(fresh))
        promise.save()


def _plans(apps: Apps, project_ids: list[int]) -> tuple[dict[int, dict[str, list[int]]], dict[int, date | None]]:
    keys: dict[int, dict[str, list[int]]] = {key: {} for key in project_ids}
    ends: dict[int, tuple[date, int]] = {}
    finishes: dict[int, date | None] = {}
    tasks = apps.get_model("delivery", "Task").objects.filter(project_id__in=project_ids).order_by("pk")
    for task_id, project_id, key, finish in tasks.values_list("pk", "project_id", "promise_key", "finish_date"):
        finishes[task_id] = finish
        if key:
            keys[project_id].setdefault(key, []).append(task_id)
        if finish:
            ends[project_id] = max(ends.get(project_id, (finish, task_id)), (finish, task_id))
    for project_id, (_, task_id) in ends.items():
        keys[project_id].setdefault("finish", [task_id])
    return keys, finishes


def _places(promise: Any, keys: dict[int, dict[str, list[int]]]) -> list[int]:
    if promise.key and promise.key != "finish" and promise.kind not in _CONDITIONS:
        return [key for key, known in keys.items() if promise.key in known] or list(keys)
    return list(keys)


def _follow(promise: Any, finishes: list[date | None], *, is_new: bool) -> None:
    """Coverage and forecast by the plans as they are; people hear of the next line it crosses."""
    known = [day for day in finishes if day]
    if not is_new or promise.state in ("kept", "broken"):
        return
    promise.forecast_date = max(known, default=None)
    if not known:
        promise.coverage = "uncovered"
    else:
        promise.coverage = "at_risk" if promise.due_date and max(known) > promise.due_date else "planned"
    promise.alarm = "at_risk" if promise.state == "confirmed" and promise.coverage == "at_risk" else promise.alarm


class Migration(migrations.Migration):

    dependencies = [
        ("promises", "0003_further_projects"),
    ]

    operations = [migrations.RunPython(attach_what_waited, migrations.RunPython.noop)]
