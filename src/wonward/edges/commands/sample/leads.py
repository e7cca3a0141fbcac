"""Leads of the sample company: a campaign or two, a form on its website, and an inbox in every state."""

from __future__ import annotations

from datetime import datetime, timedelta

from wonward.domains.marketing.operations import create_campaigns, record_spend
from wonward.domains.marketing.types import NewCampaign
from wonward.domains.sales.operations.conversion import convert_lead
from wonward.domains.sales.operations.forms import save_form
from wonward.domains.sales.operations.leads import answer_lead, change_lead, close_lead, create_leads
from wonward.domains.sales.types import NextAction
from wonward.domains.sales.types.leads import Conversion, Finding, FormField, NewLead, NewLeadForm
from wonward.edges.commands.sample.story import Stage
from wonward.kernel.actor import Actor
from wonward.kernel.money import Money

# Name, company, title, source, campaign, service, words, minutes ago, {criterion: (state, note)}.
_WAITING: tuple[tuple[str, str, str, str, str, str, str, int, dict[str, tuple[str, str]]], ...] = (
    ("Signe Holt", "Pellworth Ceramics", "Owner", "Website form", "Newsletter November", "Website build",
     "We open a second showroom in May and the shop has to be ready. People should place a sink or a tile wall in their own room. "
     "We have about 380 products and two people who can write texts.\n\nCould you tell us by Wednesday whether 14 May is realistic? "
     "Last time somebody promised and we opened with a paper catalogue.", 42,
     {"need": ("clear", "New shop with room planner, 380 products"), "timing": ("clear", "Live before 14 May, showroom opening"),
      "budget": ("partly", "“Between 50 and 70”, not yet confirmed"), "authority": ("partly", "Decides with her brother, Aksel Holt")}),
    ("Bram Aalders", "Varnholt Pumps", "Head of sales", "Trade fair", "Automation days", "CRM rollout",
     "Saw your talk. Who would do the data migration?", 19, {"need": ("partly", "CRM for 40 people, data from two systems")}),
    ("Priya Raman", "Mossgate Housing", "Managing director", "Referral", "", "Brand system",
     "Hanne said you tell people early. We need that.", 8, {"authority": ("clear", "Decides alone"), "need": ("partly", "New name after the merger")}),
    ("Leo Farkas", "Osterby Dairy", "Plant manager", "E-mail", "", "Brand system", "Please quote for a packaging line by Friday.", 26 * 60, {}),
    ("Umberto Sala", "Sala & Figli", "", "Website form", "", "", "Do you also take over a shop that another agency built?", 3, {}),
)
_ANSWERED: tuple[tuple[str, str, str, str, str, str, str, int, int, dict[str, tuple[str, str]]], ...] = (
    ("Anouk Weller", "Tamsin Yachts", "COO", "Website form", "", "Website build", "Looking for a partner, not a supplier.", 2, 22,
     {"fit": ("clear", "Website build"), "need": ("partly", "Configurator for charters")}),
    ("Karl Nyberg", "Brackenfield Schools", "IT lead", "Call", "", "CRM rollout", "Budget only from August, but let us talk.", 3, 9,
     {"budget": ("against", "Nothing before August"), "timing": ("partly", "Start in September")}),
    ("Dina Vogt", "Ellery Optical", "Head of Marketing", "Campaign", "Automation days", "Paid media", "Price for five landing pages?", 4, 47,
     {"budget": ("clear", "12k approved"), "need": ("clear", "Five pages, one campaign")}),
    ("Owen Teal", "Harrow & Tide Ferries", "", "Website form", "", "", "Need an app for 3,000 euro.", 5, 30, {"fit": ("against", "We build no apps")}),
    ("Mina Castell", "Quarrystone Hotels", "Buyer", "E-mail", "", "", "Please add us to your supplier list.", 6, 51, {}),
    ("Rasmus Bay", "Bay & Daughters", "Owner", "Website form", "", "", "Do you also repair printers?", 7, 12, {"fit": ("against", "Printers")}),
    ("Elin Norum", "Marlowe Resorts", "Director of Guest Experience", "Referral", "", "Website build",
     "One in three guests leaves between room and payment.", 9, 35,
     {"need": ("clear", "Booking on a phone"), "budget": ("clear", "70k"), "authority": ("clear", "Elin signs"), "timing": ("clear", "Before the season")}),
)
_AWAY = ("Sells to us", "Looks for a job", "No budget: wants it for free")
_FIRST = ("Ada", "Ben", "Cleo", "Dov", "Eda", "Finn", "Gil", "Hedda", "Ian", "Jule", "Kim", "Lou")


def add_leads(stage: Stage, *, marketer: Actor) -> None:
    """Campaigns with spend, a form, five who wait, seven answered, some put away and some that became deals."""
    campaigns = _campaigns(stage, marketer)
    _form(stage, marketer)
    for place, (name, company, title, source, campaign, service, words, minutes, findings) in enumerate(_WAITING):
        at = stage.now - timedelta(minutes=minutes)
        key = _add(stage, marketer, at, name, company, title, source, words, campaigns.get(campaign), stage.services.get(service))
        _qualify(key, stage.sellers[0], findings, owner=stage.sellers[0] if place in (0, 2) else None, at=at)
    for place, (name, company, title, source, campaign, service, words, days, minutes, findings) in enumerate(_ANSWERED):
        at = stage.ago(days)
        seller = stage.sellers[place % 3]
        key = _add(stage, marketer, at, name, company, title, source, words, campaigns.get(campaign), stage.services.get(service))
        _qualify(key, seller, findings, owner=seller, at=at)
        answer_lead(actor=seller, lead_id=key, kind="email", body="Thank you. May I call you tomorrow at ten?", now=at + timedelta(minutes=minutes))
    _past(stage, marketer, campaigns)


def _campaigns(stage: Stage, marketer: Actor) -> dict[str, int]:
    then = stage.ago(60)
    names = (("Newsletter November", "E-mail", 620), ("Automation days", "Trade fair", 4_800), ("Referral dinner", "Event", 1_150))
    ids = create_campaigns(
        actor=marketer, now=then, campaigns=[NewCampaign(name, channel, then.date(), budget=Money(cost * 120, stage.currency)) for name, channel, cost in names]
    )
    for key, (_name, _channel, cost) in zip(ids, names, strict=True):
        record_spend(actor=marketer, campaign_id=key, amount=Money(cost * 100, stage.currency), spent_date=stage.ago(30).date(), note="Invoice", now=stage.now)
    return {name: key for key, (name, _channel, _cost) in zip(ids, names, strict=True)}


def _form(stage: Stage, marketer: Actor) -> None:
    fields = (
        FormField("name", "Your name", "text", True), FormField("email", "E-mail address", "email", True), FormField("company_name", "Company"),
        FormField("service", "What are you interested in?", "choice"),
        FormField("budget", "What have you set aside for it?", "choice", False, ("Up to 20,000", "20,000 to 50,000", "50,000 to 100,000", "More than 100,000")),
        FormField("message", "What is it about?", "long_text", True),
    )
    save_form(
        actor=marketer, now=stage.ago(50),
        form=NewLeadForm(
            name="Website form", title="Tell us what should be different", fields=fields, button="Send to a person",
            intro="A few lines are enough. Somebody who will do the work reads them.",
            thanks="Mara Klein reads your message and calls or writes within an hour, on working days.",
        ),
    )


def _add(
    stage: Stage, marketer: Actor, at: datetime, name: str, company: str, title: str, source: str, words: str, campaign_id: int | None,
    service_id: int | None,
) -> int:
    host = "".join(letter for letter in company.split()[0].lower() if letter.isalpha())
    new = NewLead(
        name=name, company_name=company, title=title, email=f"{name.split()[0].lower()}@{host}.example", message=words, source=source,
        phone=f"+45 5550 {stage.dice.randint(1000, 9999)}" if stage.dice.random() < 0.6 else "", campaign_id=campaign_id, service_id=service_id,
        utm={"medium": "email", "page": "/cases/vela-dental"} if campaign_id else {},
    )
    return create_leads(actor=marketer, leads=[new], now=at)[0]


def _qualify(key: int, seller: Actor, findings: dict[str, tuple[str, str]], *, owner: Actor | None, at: datetime) -> None:
    changes: dict[str, object] = {"qualification": {name: Finding(state, note) for name, (state, note) in findings.items()}}
    if owner is not None:
        changes["owner_id"] = owner.person_id
    change_lead(actor=seller, lead_id=key, changes=changes, now=at)


def _past(stage: Stage, marketer: Actor, campaigns: dict[str, int]) -> None:
    dice = stage.dice
    for place in range(36):
        at = stage.ago(12 + place * 4)
        seller = stage.sellers[place % len(stage.sellers)]
        name = f"{_FIRST[place % len(_FIRST)]} {dice.choice(('Arden', 'Boehm', 'Castro', 'Duval', 'Evans', 'Foss'))}"
        source = dice.choice(("Website form", "Website form", "Referral", "Trade fair", "Call", "E-mail"))
        key = _add(
            stage, marketer, at, name, f"{dice.choice(('Linden', 'Marble', 'Copper', 'Sorrel', 'Heath', 'Rowan'))} {dice.choice(('Works', 'Group', 'Foods', 'Labs'))} {place + 1}",
            "", source, "Could we talk about a project next quarter?", dice.choice([None, None, *campaigns.values()]), dice.choice(list(stage.services.values())),
        )
        answer_lead(actor=seller, lead_id=key, kind="call", body="Called back and listened.", now=at + timedelta(minutes=dice.randint(6, 90)))
        end = at + timedelta(days=dice.randint(2, 24))
        if place % 4 == 0:
            action = NextAction("meeting", (stage.now + timedelta(days=dice.randint(1, 9))).date(), "First workshop")
            convert_lead(actor=seller, lead_id=key, conversion=Conversion(next_action=action), now=min(end, stage.now))
        else:
            close_lead(actor=seller, lead_id=key, reason=_AWAY[place % 3], now=min(end, stage.now))
