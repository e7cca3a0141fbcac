"""What a rule of retention touches now: the rows that are too old, and which of them stay all the same, with why."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Case, CharField, Exists, F, OuterRef, Q, Value, When

from wonward.domains.comms.types import TAKEN_IN
from wonward.foundation.access.policy import names_of, require, visible_refs
from wonward.journeys.house.models import LegalHold, RetentionRule
from wonward.journeys.house.queries.holds import (
    COMPANY,
    CONTACT,
    DEAL,
    LEAD,
    LOG,
    PROJECT,
    TASK,
    Rows,
    entry_is_held,
    held_ids,
    is_held_itself,
    rows_of,
)
from wonward.journeys.house.rules.erasing import ERASED, NOBODY
from wonward.journeys.house.rules.retention import KEEPING, moment_before
from wonward.journeys.house.types import DueRow, DueRows, HoldRow, RetentionKey, RetentionRow, WhyKept
from wonward.kernel.actor import Actor
from wonward.kernel.errors import Refused
from wonward.kernel.ref import Ref
from wonward.kernel.wording import worded

EDIT = "house.retention.edit"
NOUN_OF: Mapping[RetentionKey, str] = {RetentionKey.LEADS: LEAD, RetentionKey.CONTACTS: CONTACT, RetentionKey.LOG: LOG}

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
    held = Q(is_held_itself(LEAD)) | Q(is_held_itself(COMPANY, "company_id")) | Q(is_held_itself(CONTACT, "contact_id"))
    old = rows_of(LEAD).filter(deal_id__isnull=True, updated_at__lt=before).exclude(status="converted").exclude(name=NOBODY)
    return _told(old, name="name", since="updated_at", held=held, open_work=Q(status="open"))


def _old_contacts(before: datetime) -> Rows:
    """People known only from deals that were lost: nothing open or won, no project, no word with them since."""
    stakes, homes = rows_of("clients.stakeholder").filter(contact_id=OuterRef("pk")), rows_of("clients.affiliation").filter(contact_id=OuterRef("pk"))
    lost = rows_of(DEAL).filter(status="lost", closed_date__lt=before.date())
    other = rows_of(DEAL).exclude(status="lost", closed_date__lt=before.date())
    links = rows_of("comms.communicationlink").filter(noun=CONTACT, ref_id=OuterRef("pk"), happened_at__gte=before)
    talks = rows_of("comms.participant").filter(contact_id=OuterRef("pk"), communication__happened_at__gte=before)
    tied = (
        Q(Exists(stakes.filter(noun=DEAL, ref_id__in=other.values("pk")))) | Q(Exists(homes.filter(company_id__in=other.values("company_id"))))
        | Q(Exists(stakes.filter(noun=PROJECT))) | Q(Exists(homes.filter(company_id__in=rows_of(PROJECT).values("company_id"))))
    )
    known = rows_of(CONTACT).filter(created_at__lt=before, updated_at__lt=before, merged_into_id__isnull=True).exclude(name=NOBODY)
    old = known.filter(
        Q(Exists(stakes.filter(noun=DEAL, ref_id__in=lost.values("pk")))) | Q(Exists(homes.filter(company_id__in=lost.values("company_id"))))
    ).filter(~tied, ~Q(Exists(links)), ~Q(Exists(talks)))
    held = Q(is_held_itself(CONTACT)) | Q(Exists(homes.filter(company_id__in=held_ids(COMPANY)))) | Q(
        Exists(stakes.filter(noun=DEAL, ref_id__in=held_ids(DEAL)))
    )
    work = Q(Exists(rows_of(LEAD).filter(contact_id=OuterRef("pk"), status="open")))
    given = rows_of("clients.consent").filter(contact_id=OuterRef("pk"), state="given")
    later = rows_of("clients.consent").filter(contact_id=OuterRef("contact_id"), purpose=OuterRef("purpose"), pk__gt=OuterRef("pk"))
    return _told(old, name="name", since="updated_at", held=held, open_work=work, consent=Q(Exists(given.filter(~Q(Exists(later))))))


def _old_log(before: datetime) -> Rows:
    """Entries of the log with words of their own."""
    links = rows_of("comms.communicationlink").filter(communication_id=OuterRef("pk"))
    projects = rows_of(PROJECT).exclude(status="done")
    work = (
        Q(Exists(links.filter(noun=DEAL, ref_id__in=rows_of(DEAL).filter(status="open").values("pk"))))
        | Q(Exists(links.filter(noun=LEAD, ref_id__in=rows_of(LEAD).filter(status="open").values("pk"))))
        | Q(Exists(links.filter(noun=PROJECT, ref_id__in=projects.values("pk"))))
        | Q(Exists(links.filter(noun=TASK, ref_id__in=rows_of(TASK).filter(project_id__in=projects.values("pk")).values("pk"))))
    )
    said = Q(is_automatic=False) | Q(external_source=TAKEN_IN)
    old = rows_of(LOG).filter(said, happened_at__lt=before).exclude(body=ERASED)
    return _told(old, name="subject", since="happened_at", held=entry_is_held(), open_work=work)


def _old_sign_ins(before: datetime) -> Rows:
    """Browsers whose session is long over."""
    over = before - timedelta(seconds=settings.SESSION_COOKIE_AGE)
    old = rows_of("access.signin").filter(Q(ended_at__lt=before) | Q(created_at__lt=over))
    return _told(old, name="address", since="created_at")


def _old_notices(before: datetime) -> Rows:
    """What lay in inboxes and was read."""
    return _told(rows_of("notifications.thread").filter(last_at__lt=before, unread_count=0), name="title", since="last_at")


def _old_mail(before: datetime) -> Rows:
    """Mail that was sent, and mail that was given up."""
    old = rows_of("mail.outgoingmail").filter(updated_at__lt=before).exclude(state="queued")
    return _told(old, name="subject", since="updated_at")


def _old_errands(before: datetime) -> Rows:
    """What is left of exports and of looking for people: who asked, when, how much."""
    return _told(rows_of("house.errand").filter(finished_at__lt=before), name="asked_by", since="finished_at")


def _old_openings(before: datetime) -> Rows:
    """Who opened what."""
    return _told(rows_of("audit.opening").filter(last_at__lt=before), name="user_label", since="last_at")


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
