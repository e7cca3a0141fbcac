"""Keeping what is personal no longer than it is needed: rules, what they do every night, and legal holds, which stop them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from wonward.domains.comms.types import TAKEN_IN
from wonward.foundation.access.policy import can_see, require
from wonward.foundation.audit.operations import record_change
from wonward.foundation.database.operations import remove_rows, rewrite_row
from wonward.foundation.database.queries import read_rows
from wonward.foundation.files.storage import current_storage
from wonward.foundation.jobs.operations import enqueue
from wonward.foundation.search.operations import forget_removed_words, remove_records
from wonward.journeys.house.models import LegalHold, RetentionRule
from wonward.journeys.house.operations.exporting import HOUSE
from wonward.journeys.house.operations.person import erase_person
from wonward.journeys.house.queries.holds import HELD_NOUNS, LEAD, LOG
from wonward.journeys.house.queries.retention import EDIT, find_due, rule_row
from wonward.journeys.house.rules.erasing import ERASED, LEAD_WORDS, NOBODY
from wonward.journeys.house.rules.retention import KEEPING, check_months, moment_before
from wonward.journeys.house.types import RetentionKey
from wonward.kernel.actor import Actor, system_actor
from wonward.kernel.errors import Conflict, NotFound, Refused, Stale
from wonward.kernel.ref import Ref

_LONGEST_REASON = 500
_AUDIT = "audit.auditentry"
_DOCUMENT, _DOCUMENT_LINK, _VERSION = "files.document", "files.documentlink", "files.documentversion"


@transaction.atomic
def set_retention(*, actor: Actor, key: RetentionKey, is_on: bool, months: int, version: int | None = None, now: datetime) -> None:
    """Turn a rule on or off and say for how many months rows are kept. Refused for a time out of range; nothing goes at once."""
    require(actor, EDIT)
    check_months(key, months)
    stored = RetentionRule.objects.select_for_update().filter(pk=key.value).first()
    before = rule_row(key, stored)
    if version is not None and version != before.version:
        raise Stale("Somebody else changed this rule in the meantime.", current={"version": before.version}, yours={"version": version})
    values = {"is_on": is_on, "months": months}
    changes = {f"{key}.{name}": [getattr(before, name), value] for name, value in values.items() if getattr(before, name) != value}
    if not changes:
        return
    RetentionRule.objects.update_or_create(key=key.value, defaults={**values, "version": before.version + 1, "updated_at": now})
    record_change(actor=actor, operation="house.retention.set", ref=HOUSE, changes=changes, now=now)


@transaction.atomic
def ask_for_retention(*, actor: Actor, now: datetime) -> None:
    """Let the rules that are on do their work now, and not only tonight."""
    require(actor, EDIT)
    record_change(actor=actor, operation="house.retention.ask", ref=HOUSE, changes={}, now=now)
    enqueue("house.retention_now", now=now)


def carry_out_retention(*, now: datetime) -> dict[RetentionKey, int]:
    """What every rule that is on does to the rows that are too old, so many at once; how many by rule.

    Each rule is a transaction of its own, and each person one: what was done stays done when a later one fails.
    """
    done: dict[RetentionKey, int] = {}
    for rule in RetentionRule.objects.filter(is_on=True).order_by("pk"):
        key = RetentionKey(rule.key)
        done[key] = _carry_out(key, moment_before(now, rule.months), now)
    if any(done.values()):
        forget_removed_words()
    return done


def _carry_out(key: RetentionKey, before: datetime, now: datetime) -> int:
    due = find_due(key, before)
    ids = list(due.filter(why="").order_by("since", "pk").values_list("pk", flat=True)[: KEEPING[key].at_once])
    kept = due.exclude(why="").count()
    actor = system_actor("Retention", via="system")
    if key is RetentionKey.CONTACTS:
        for contact_id in ids:
            erase_person(actor=actor, contact_id=contact_id, reason="Kept as long as the rule allows.", now=now)
    with transaction.atomic():
        if ids and key is not RetentionKey.CONTACTS:
            _EFFECTS[key](ids, before)
        if ids:
            record_change(actor=actor, operation="house.retention.carry_out", ref=HOUSE, changes={key.value: [None, len(ids)]}, now=now)
        RetentionRule.objects.filter(pk=key.value).update(ran_at=now, done_count=len(ids), kept_count=kept)
    return len(ids)


def _empty_leads(ids: list[int], before: datetime) -> None:
    """A lead stays as a number in reports: where it came from and when; not who it was."""
    for key in ids:
        rewrite_row(LEAD, key, dict.fromkeys(LEAD_WORDS, "") | {"name": NOBODY, "utm": {}, "qualification": {}})
    values = read_rows("custom_fields.fieldvalue", columns=["id"], where={"field__noun": LEAD, "ref_id": ids})
    remove_rows("custom_fields.fieldvalue", [row["id"] for row in values])
    threads = [row["id"] for row in read_rows("notifications.thread", columns=["id"], where={"noun": LEAD, "ref_id": ids})]
    _remove_threads(threads, before)
    remove_records(Ref(LEAD, key) for key in ids)
    _forget_values({"noun": LEAD, "ref_id": ids})


def _empty_log(ids: list[int], before: datetime) -> None:
    """That something was said, when, of which kind and on what stays; the words and the names beside it go."""
    for key in ids:
        rewrite_row(LOG, key, {"subject": "", "body": ERASED})
    remove_rows("comms.participant", [row["id"] for row in read_rows("comms.participant", columns=["id"], where={"communication_id": ids})])
    remove_records(Ref(LOG, key) for key in ids)
    _forget_values({"noun": LOG, "ref_id": ids})
    _remove_whole_emails(ids)


def _remove_whole_emails(ids: list[int]) -> None:
    """Of an e-mail that was taken in, the whole of it and its files go with its words, unless somebody hung them elsewhere as well."""
    taken = [row["id"] for row in read_rows(LOG, columns=["id"], where={"id": ids, "external_source": TAKEN_IN})]
    places: dict[int, set[tuple[str, int]]] = {key: {(LOG, key)} for key in taken}
    for row in read_rows("comms.communicationlink", where={"communication_id": taken}):
        places[row["communication_id"]].add((row["noun"], row["ref_id"]))
    own: dict[int, set[tuple[str, int]]] = {}
    for row in read_rows(_DOCUMENT_LINK, where={"ref_noun": LOG, "ref_id": taken}):
        own.setdefault(row["document_id"], set()).update(places[row["ref_id"]])
    links = list(read_rows(_DOCUMENT_LINK, where={"document_id": list(own)}))
    kept = {row["document_id"] for row in links if (row["ref_noun"], row["ref_id"]) not in own[row["document_id"]]}
    gone = [key for key in own if key not in kept]
    _remove_documents(gone, [row["id"] for row in links if row["document_id"] in gone])


def _remove_documents(ids: list[int], link_ids: list[int]) -> None:
    """Documents with all they showed, and the contents that nothing else shows."""
    versions = list(read_rows(_VERSION, where={"document_id": ids}))
    blobs = {row["blob_id"] for row in (*versions, *read_rows(_DOCUMENT, where={"id": ids}))}
    for table, keys in ((_DOCUMENT_LINK, link_ids), (_VERSION, [row["id"] for row in versions]), (_DOCUMENT, ids)):
        remove_rows(table, keys)
    free = list(blobs - {row["blob_id"] for table in (_DOCUMENT, _VERSION) for row in read_rows(table, where={"blob_id": list(blobs)})})
    contents = [row["sha256"] for row in read_rows("files.blob", where={"id": free})]
    remove_rows("files.blob", free)
    remove_records(Ref(_DOCUMENT, key) for key in ids)
    _forget_values({"noun": _DOCUMENT, "ref_id": ids})
    transaction.on_commit(lambda: _remove_contents(contents))


def _remove_contents(contents: list[str]) -> None:
    for sha256 in contents:
        current_storage().remove(sha256)


def _remove_sign_ins(ids: list[int], before: datetime) -> None:
    """Addresses and browsers go; of the history of sign-ins the values go, and its seal stays."""
    remove_rows("access.signin", ids)
    attempts = read_rows("access.signinattempt", columns=["id"], where={"happened_at__lt": before})
    remove_rows("access.signinattempt", [row["id"] for row in attempts])
    _forget_values({"operation__startswith": "staff.sign_in.", "happened_at__lt": before})


def _remove_threads(ids: list[int], before: datetime) -> None:
    notices = read_rows("notifications.notification", columns=["id"], where={"thread_id": ids})
    remove_rows("notifications.notification", [row["id"] for row in notices])
    remove_rows("notifications.thread", ids)


def _remover(table: str) -> Callable[[list[int], datetime], None]:
    def remove(ids: list[int], before: datetime) -> None:
        remove_rows(table, ids)

    return remove


_EFFECTS: Mapping[RetentionKey, Callable[[list[int], datetime], None]] = {
    RetentionKey.LEADS: _empty_leads, RetentionKey.LOG: _empty_log, RetentionKey.SIGN_INS: _remove_sign_ins,
    RetentionKey.NOTICES: _remove_threads, RetentionKey.MAIL: _remover("mail.outgoingmail"),
    RetentionKey.EXPORTS: _remover("house.errand"), RetentionKey.OPENINGS: _remover("audit.opening"),
}


def _forget_values(where: Mapping[str, Any]) -> None:
    """Empty the values of history rows that are sealed or will be; the chain covers their digest."""
    for row in list(read_rows(_AUDIT, columns=["id"], where={**where, "changes__isnull": False})):
        rewrite_row(_AUDIT, row["id"], {"changes": None})


def set_hold(*, actor: Actor, ref: Ref, reason: str, now: datetime) -> int:
    """Let nothing of a record be erased or thrown away until the hold is released; the hold. Conflict while there is one.

    A hold on a company covers its people, deals, leads and projects.
    """
    require(actor, EDIT)
    words = " ".join(reason.split())[:_LONGEST_REASON]
    if ref.noun not in HELD_NOUNS or not can_see(actor, ref):
        raise NotFound("record", ref)
    if not words:
        raise Refused.field("reason", "Say why, for instance which dispute or which authority asked for it.", "required")
    try:
        with transaction.atomic():
            hold = LegalHold.objects.create(noun=ref.noun, ref_id=ref.id, reason=words, set_by=actor.label[:160], set_at=now)
            record_change(actor=actor, operation="house.hold.set", ref=ref, changes={"hold": [None, words]}, now=now)
    except IntegrityError:
        raise Conflict("This record is under a legal hold already.") from None
    return hold.pk


@transaction.atomic
def release_hold(*, actor: Actor, hold_id: int, now: datetime) -> Ref:
    """Let the rules apply to a record again; the record. NotFound for a hold that is over or on a record the actor does not see."""
    require(actor, EDIT)
    hold = LegalHold.objects.select_for_update().filter(pk=hold_id, released_at__isnull=True).first()
    if hold is None or not can_see(actor, Ref(hold.noun, hold.ref_id)):
        raise NotFound("hold", hold_id)
    ref = Ref(hold.noun, hold.ref_id)
    LegalHold.objects.filter(pk=hold_id).update(released_by=actor.label[:160], released_at=now)
    record_change(actor=actor, operation="house.hold.release", ref=ref, changes={"hold": [hold.reason, None]}, now=now)
    return ref
