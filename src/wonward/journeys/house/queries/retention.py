"""What a rule of retention touches now: the rows that are too old, and which of them stay all the same, with why."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Case, CharField, Exists, F, Model, OuterRef, Q, QuerySet, Value, When

from wonward.domains.comms.types import TAKEN_IN
from wonward.foundation.access.policy import names_of, require, visible_refs
from wonward.foundation.database.queries import table_model
from wonward.journeys.house.models import LegalHold, RetentionRule
from wonward.journeys.house.rules.erasing import ERASED, NOBODY
from wonward.journeys.house.rules.retention import KEEPING, moment_before
from wonward.journeys.house.types import DueRow, DueRows, HoldRow, RetentionKey, RetentionRow, WhyKept
from wonward.kernel.actor import Actor
from wonward.kernel.errors import Refused
from wonward.kernel.ref import Ref
from wonward.kernel.wording import worded

EDIT = "house.retention.edit"
CONTACT, LEAD, LOG = "clients.contact", "sales.lead", "comms.communication"
COMPANY, DEAL, PROJECT, TASK = "clients.company", "sales.deal", "delivery.project", "delivery.task"
HELD_NOUNS = (COMPANY, CONTACT, LEAD, DEAL, PROJECT)
NOUN_OF: Mapping[RetentionKey, str] = {RetentionKey.LEADS: LEAD, RetentionKey.CONTACTS: CONTACT, RetentionKey.LOG: LOG}
Rows = QuerySet[Any]


def _rows(table: str) -> Rows:
    model: type[Model] = table_model(table)
    return model._base_manager.all()


def read_key(text: str) -> RetentionKey:
    """The rule of this name. Refused for another one."""
    if text not in set(RetentionKey):
        raise Refused.field("key", worded("“{text}” is not kept by a rule.", text=text[:40]), "unknown")
    return RetentionKey(text)


def list_rules(*, actor: Actor) -> list[RetentionRow]:
    """Every rule, also those nobody has touched: they are off."""
    require(actor, EDIT)
    stored = {one.key: one for one in RetentionRule.objects.all()}
    return [rule_row(key, stored.get(key.value)) for key in RetentionKey]


def rule_row(key: RetentionKey, stored: RetentionRule | None) -> RetentionRow:
    """A rule as it stands; the defaults where nobody set anything."""
    keeping = KEEPING[key]
    if stored is None:
        return RetentionRow(key, False, keeping.months, keeping.shortest, 0, None, 0, 0)
    return RetentionRow(
        key, stored.is_on, stored.months, keeping.shortest, stored.version, stored.ran_at, stored.done_count, stored.kept_count
    )


def preview(*, actor: Actor, key: RetentionKey, months: int, now: datetime, offset: int = 0, limit: int = 50) -> DueRows:
    """A page of the rows a rule would touch now if it kept them so many months; nothing changes. Hidden records are not named."""
    require(actor, EDIT)
    before = moment_before(now, months)
    due = find_due(key, before)
    found = list(due.order_by("since", "pk").values_list("pk", "name_shown", "since", "why")[offset : offset + limit])
    noun = NOUN_OF.get(key, "")
    seen = visible_refs(actor, {Ref(noun, row[0]) for row in found}) if noun else set()
    rows = tuple(
        DueRow(pk, noun, (name or f"{noun or key} {pk}") if not noun or Ref(noun, pk) in seen else "", since, WhyKept(why))
        for pk, name, since, why in found
    )
    going = due.filter(why="").count()
    return DueRows(rows, going, due.count() - going, before)


def find_due(key: RetentionKey, before: datetime) -> Rows:
    """The rows older than a moment as a query with `name_shown`, `since` and `why` they stay."""
    return _FINDERS[key](before)


def _old_leads(before: datetime) -> Rows:
    """Leads that never became a deal. Those that are still open are work, whatever their age."""
    held = Q(_held(LEAD)) | Q(_held(COMPANY, "company_id")) | Q(_held(CONTACT, "contact_id"))
    old = _rows(LEAD).filter(deal_id__isnull=True, updated_at__lt=before).exclude(status="converted").exclude(name=NOBODY)
    return _told(old, name="name", since="updated_at", held=held, open_work=Q(status="open"))


def _old_contacts(before: datetime) -> Rows:
    """People known only from deals that were lost: nothing open or won, no project, no word with them since."""
    stakes, homes = _rows("clients.stakeholder").filter(contact_id=OuterRef("pk")), _rows("clients.affiliation").filter(contact_id=OuterRef("pk"))
    lost = _rows(DEAL).filter(status="lost", closed_date__lt=before.date())
    other = _rows(DEAL).exclude(status="lost", closed_date__lt=before.date())
    links = _rows("comms.communicationlink").filter(noun=CONTACT, ref_id=OuterRef("pk"), happened_at__gte=before)
    talks = _rows("comms.participant").filter(contact_id=OuterRef("pk"), communication__happened_at__gte=before)
    tied = (
        Q(Exists(stakes.filter(noun=DEAL, ref_id__in=other.values("pk")))) | Q(Exists(homes.filter(company_id__in=other.values("company_id"))))
        | Q(Exists(stakes.filter(noun=PROJECT))) | Q(Exists(homes.filter(company_id__in=_rows(PROJECT).values("company_id"))))
    )
    known = _rows(CONTACT).filter(created_at__lt=before, updated_at__lt=before, merged_into_id__isnull=True).exclude(name=NOBODY)
    old = known.filter(
        Q(Exists(stakes.filter(noun=DEAL, ref_id__in=lost.values("pk")))) | Q(Exists(homes.filter(company_id__in=lost.values("company_id"))))
    ).filter(~tied, ~Q(Exists(links)), ~Q(Exists(talks)))
    held = Q(_held(CONTACT)) | Q(Exists(homes.filter(company_id__in=_held_ids(COMPANY)))) | Q(
        Exists(stakes.filter(noun=DEAL, ref_id__in=_held_ids(DEAL)))
    )
    work = Q(Exists(_rows(LEAD).filter(contact_id=OuterRef("pk"), status="open")))
    given = _rows("clients.consent").filter(contact_id=OuterRef("pk"), state="given")
    later = _rows("clients.consent").filter(contact_id=OuterRef("contact_id"), purpose=OuterRef("purpose"), pk__gt=OuterRef("pk"))
    return _told(old, name="name", since="updated_at", held=held, open_work=work, consent=Q(Exists(given.filter(~Q(Exists(later))))))


def _old_log(before: datetime) -> Rows:
    """Entries of the log with words of their own."""
    links = _rows("comms.communicationlink").filter(communication_id=OuterRef("pk"))
    projects = _rows(PROJECT).exclude(status="done")
    work = (
        Q(Exists(links.filter(noun=DEAL, ref_id__in=_rows(DEAL).filter(status="open").values("pk"))))
        | Q(Exists(links.filter(noun=LEAD, ref_id__in=_rows(LEAD).filter(status="open").values("pk"))))
        | Q(Exists(links.filter(noun=PROJECT, ref_id__in=projects.values("pk"))))
        | Q(Exists(links.filter(noun=TASK, ref_id__in=_rows(TASK).filter(project_id__in=projects.values("pk")).values("pk"))))
    )
    held = Q(pk__in=[])
    for noun in HELD_NOUNS:
        held |= Q(Exists(links.filter(noun=noun, ref_id__in=_held_ids(noun))))
    for noun in (DEAL, PROJECT):
        held |= Q(Exists(links.filter(noun=noun, ref_id__in=_rows(noun).filter(company_id__in=_held_ids(COMPANY)).values("pk"))))
    homes = _rows("clients.affiliation").filter(company_id__in=_held_ids(COMPANY))
    held |= Q(Exists(links.filter(noun=CONTACT, ref_id__in=homes.values("contact_id"))))
    said = Q(is_automatic=False) | Q(external_source=TAKEN_IN)
    old = _rows(LOG).filter(said, happened_at__lt=before).exclude(body=ERASED)
    return _told(old, name="subject", since="happened_at", held=held, open_work=work)


def _old_sign_ins(before: datetime) -> Rows:
    """Browsers whose session is long over."""
    over = before - timedelta(seconds=settings.SESSION_COOKIE_AGE)
    old = _rows("access.signin").filter(Q(ended_at__lt=before) | Q(created_at__lt=over))
    return _told(old, name="address", since="created_at")


def _old_notices(before: datetime) -> Rows:
    """What lay in inboxes and was read."""
    return _told(_rows("notifications.thread").filter(last_at__lt=before, unread_count=0), name="title", since="last_at")


def _old_mail(before: datetime) -> Rows:
    """Mail that was sent, and mail that was given up."""
    old = _rows("mail.outgoingmail").filter(updated_at__lt=before).exclude(state="queued")
    return _told(old, name="subject", since="updated_at")


def _old_errands(before: datetime) -> Rows:
    """What is left of exports and of looking for people: who asked, when, how much."""
    return _told(_rows("house.errand").filter(finished_at__lt=before), name="asked_by", since="finished_at")


def _old_openings(before: datetime) -> Rows:
    """Who opened what."""
    return _told(_rows("audit.opening").filter(last_at__lt=before), name="user_label", since="last_at")


_FINDERS: Mapping[RetentionKey, Callable[[datetime], Rows]] = {
    RetentionKey.LEADS: _old_leads, RetentionKey.CONTACTS: _old_contacts, RetentionKey.LOG: _old_log,
    RetentionKey.SIGN_INS: _old_sign_ins, RetentionKey.NOTICES: _old_notices, RetentionKey.MAIL: _old_mail,
    RetentionKey.EXPORTS: _old_errands, RetentionKey.OPENINGS: _old_openings,
}


def _told(rows: Rows, *, name: str, since: str, held: Q | None = None, open_work: Q | None = None, consent: Q | None = None) -> Rows:
    """Rows with their name, the moment their age counts from, and why they stay; what is held stays before anything else."""
    reasons = ((held, WhyKept.HELD), (open_work, WhyKept.OPEN_WORK), (consent, WhyKept.CONSENT))
    whens = [When(condition, then=Value(why.value)) for condition, why in reasons if condition is not None]
    return rows.annotate(
        name_shown=F(name), since=F(since), why=Case(*whens, default=Value(""), output_field=CharField()) if whens else Value("", output_field=CharField())
    )


def _held_ids(noun: str) -> Rows:
    return LegalHold.objects.filter(noun=noun, released_at__isnull=True).values("ref_id")


def _held(noun: str, column: str = "pk") -> Exists:
    return Exists(LegalHold.objects.filter(noun=noun, ref_id=OuterRef(column), released_at__isnull=True))


def held_companies() -> set[int]:
    """The companies under a legal hold."""
    return set(_held_ids(COMPANY).values_list("ref_id", flat=True))


def held_projects() -> Rows:
    """Projects under a legal hold themselves or with their client."""
    return _rows(PROJECT).filter(Q(pk__in=_held_ids(PROJECT)) | Q(company_id__in=_held_ids(COMPANY))).values("pk")


def is_held(ref: Ref) -> bool:
    """Whether a record, or the company a person, deal, lead or project belongs to, is under a legal hold; a task is with its project."""
    if ref.noun == TASK:
        return _rows(TASK).filter(pk=ref.id, project_id__in=held_projects()).exists()
    if LegalHold.objects.filter(noun=ref.noun, ref_id=ref.id, released_at__isnull=True).exists():
        return True
    if ref.noun == CONTACT:
        return _rows("clients.affiliation").filter(contact_id=ref.id, company_id__in=_held_ids(COMPANY)).exists()
    if ref.noun in (DEAL, LEAD, PROJECT):
        return _rows(ref.noun).filter(pk=ref.id, company_id__in=_held_ids(COMPANY)).exists()
    return False


def list_holds(*, actor: Actor, offset: int = 0, limit: int = 50) -> list[HoldRow]:
    """Legal holds, the live ones first, the latest first; those on records the viewer does not see are left out."""
    require(actor, EDIT)
    holds = list(LegalHold.objects.order_by(F("released_at").desc(nulls_first=True), "-pk")[offset : offset + limit])
    refs = {Ref(one.noun, one.ref_id) for one in holds}
    seen, names = visible_refs(actor, refs), names_of(refs)
    return [
        HoldRow(one.pk, ref, names.get(ref, str(ref)), one.reason, one.set_by, one.set_at, one.released_by, one.released_at)
        for one in holds if (ref := Ref(one.noun, one.ref_id)) in seen
    ]
