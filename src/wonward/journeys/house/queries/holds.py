"""What lies under a legal hold: by itself, with the client or project it belongs to, or with a record it hangs on."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import Exists, Model, OuterRef, Q, QuerySet

from wonward.foundation.database.queries import table_model
from wonward.journeys.house.models import LegalHold
from wonward.kernel.ref import Ref

CONTACT, LEAD, LOG = "clients.contact", "sales.lead", "comms.communication"
COMPANY, DEAL, PROJECT, TASK = "clients.company", "sales.deal", "delivery.project", "delivery.task"
HELD_NOUNS = (COMPANY, CONTACT, LEAD, DEAL, PROJECT)
Rows = QuerySet[Any]


def rows_of(table: str) -> Rows:
    """Every row of a table, hidden ones too."""
    model: type[Model] = table_model(table)
    return model._base_manager.all()


def held_ids(noun: str) -> Rows:
    """The ids of the records of a noun that somebody put under a hold themselves."""
    return LegalHold.objects.filter(noun=noun, released_at__isnull=True).values("ref_id")


def is_held_itself(noun: str, column: str = "pk") -> Exists:
    """Whether the record a column of the outer row names was put under a hold."""
    return Exists(LegalHold.objects.filter(noun=noun, ref_id=OuterRef(column), released_at__isnull=True))


def held_companies() -> set[int]:
    """The companies under a legal hold."""
    return set(held_ids(COMPANY).values_list("ref_id", flat=True))


def held_projects() -> Rows:
    """Projects under a legal hold themselves or with their client."""
    return rows_of(PROJECT).filter(Q(pk__in=held_ids(PROJECT)) | Q(company_id__in=held_ids(COMPANY))).values("pk")


def entry_is_held() -> Q:
    """Whether an entry of the log hangs on a record that is held, or on a deal, project or person of a client that is."""
    links = rows_of("comms.communicationlink").filter(communication_id=OuterRef("pk"))
    held = Q(pk__in=[])
    for noun in HELD_NOUNS:
        held |= Q(Exists(links.filter(noun=noun, ref_id__in=held_ids(noun))))
    for noun in (DEAL, LEAD, PROJECT):
        held |= Q(Exists(links.filter(noun=noun, ref_id__in=rows_of(noun).filter(company_id__in=held_ids(COMPANY)).values("pk"))))
    homes = rows_of("clients.affiliation").filter(company_id__in=held_ids(COMPANY))
    held |= Q(Exists(links.filter(noun=CONTACT, ref_id__in=homes.values("contact_id"))))
    return held | Q(Exists(links.filter(noun=TASK, ref_id__in=rows_of(TASK).filter(project_id__in=held_projects()).values("pk"))))


def find_held(refs: Collection[Ref]) -> set[Ref]:
    """Those of the records that are under a legal hold, or whose company is; a task is with its project, an entry of the log with what it hangs on."""
    if not LegalHold.objects.filter(released_at__isnull=True).exists():
        return set()
    ids: dict[str, set[int]] = {}
    for ref in refs:
        ids.setdefault(ref.noun, set()).add(ref.id)
    return {Ref(noun, key) for noun, keys in ids.items() for key in _held_among(noun, keys)}


def is_held(ref: Ref) -> bool:
    """Whether a record is under a legal hold, itself or with what it belongs to."""
    return bool(find_held([ref]))


def _held_among(noun: str, keys: Collection[int]) -> set[int]:
    if noun == TASK:
        return set(rows_of(TASK).filter(pk__in=keys, project_id__in=held_projects()).values_list("pk", flat=True))
    if noun == LOG:
        return set(rows_of(LOG).filter(entry_is_held(), pk__in=keys).values_list("pk", flat=True))
    held = set(held_ids(noun).filter(ref_id__in=keys).values_list("ref_id", flat=True))
    if noun == CONTACT:
        homes = rows_of("clients.affiliation").filter(contact_id__in=keys, company_id__in=held_ids(COMPANY))
        parts = rows_of("clients.stakeholder").filter(contact_id__in=keys, noun=DEAL, ref_id__in=held_ids(DEAL))
        return held | set(homes.values_list("contact_id", flat=True)) | set(parts.values_list("contact_id", flat=True))
    if noun in (DEAL, LEAD, PROJECT):
        return held | set(rows_of(noun).filter(pk__in=keys, company_id__in=held_ids(COMPANY)).values_list("pk", flat=True))
    return held
