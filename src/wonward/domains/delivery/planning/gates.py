"""Approvals in a plan: who waits for one does not start, and a task is not done against its answer."""

from __future__ import annotations

from wonward.domains.approvals.queries import find_states
from wonward.domains.delivery.models import Task
from wonward.domains.delivery.planning.applied import AppliedEdits
from wonward.domains.delivery.planning.network import Network
from wonward.kernel.errors import Refused
from wonward.kernel.wording import worded

_UNDECIDED = ("open", "rejected")


def check_gates(network: Network, result: AppliedEdits) -> None:
    """Refuses edits that go past an approval. Reads the approvals only when the edits touch a state or remove a task."""
    by_id = {task.pk: task for task in network.tasks}
    turned = {
        key: fields["status"][0] for key, fields in result.edited.items()
        if key in by_id and "status" in fields and fields["status"][0] != by_id[key].status
    }
    if not turned and not result.removed_task_ids:
        return
    waiting = {key: _gates_of(network, by_id, key) for key, before in turned.items() if before == "todo"}
    asked = {*turned, *result.removed_task_ids, *(gate.pk for gates in waiting.values() for gate, _ in gates)}
    states = find_states(noun="delivery.task", ids=asked)
    for key in result.removed_task_ids:
        if states.get(key) == "open":
            raise Refused.field("task_id", "Somebody is asked to approve it. Withdraw the approval first.", "approval_open")
    for key, before in turned.items():
        _check_end(by_id[key], before, states.get(key, ""))
        for gate, label in waiting.get(key, ()):
            if gate.status != "done" and (gate.kind == "approval" or states.get(gate.pk) in _UNDECIDED):
                raise Refused.field(
                    "status", worded("“{name}” waits for the approval {label}, which has not been given.", name=by_id[key].name, label=label), "not_approved"
                )


def _gates_of(network: Network, by_id: dict[int, Task], key: int) -> list[tuple[Task, str]]:
    """What a task waits for to finish, itself or through a phase it lies in, here or in another project; each with its name."""
    holders = {key}
    task = by_id.get(key)
    while task is not None and task.parent_id is not None:
        holders.add(task.parent_id)
        task = by_id.get(task.parent_id)
    found = (by_id.get(link.predecessor_id) for link in network.links if link.successor_id in holders and link.type == "FS")
    outside = ((wait.task, wait.label) for wait in network.outside if wait.link.successor_id in holders and wait.link.type == "FS")
    return [*((gate, f"“{gate.name}”") for gate in found if gate is not None), *outside]


def _check_end(task: Task, before: str, state: str) -> None:
    if task.status == "done" and state in _UNDECIDED:
        raise Refused.field(
            "status", worded("“{name}” waits for an answer.", name=task.name) if state == "open" else worded("“{name}” was not approved. Put a new version forward.", name=task.name),
            "not_approved",
        )
    if task.status == "done" and task.kind == "approval" and state != "approved":
        raise Refused.field("status", worded("“{name}” is done by its approval. Ask for it, or write down who gave it.", name=task.name), "not_approved")
    if before == "done" and state == "approved":
        raise Refused.field("status", worded("“{name}” was approved. Put a new version forward to ask again.", name=task.name), "approved")
