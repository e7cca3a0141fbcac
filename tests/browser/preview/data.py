"""Made-up people and work for the preview pages."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace as Thing
from typing import Any

from wonward.kernel.money import Money

COLUMNS = ("uncovered", "planned", "at_risk", "kept", "waived")
_PEOPLE = (("Mara Klein", "MK", 0), ("Jonas Ode", "JO", 1), ("Sofia Prado", "SP", 2), ("Tom Brandt", "TB", 3), ("Aiko Nakata", "AN", 4), ("Lena Vos", "LV", 6))
mara, jonas, sofia, tom, aiko, lena = (Thing(name=name, initials=initials, tone=tone) for name, initials, tone in _PEOPLE)
value = Money(8_400_000, "EUR")
promised, forecast, kickoff = date(2027, 3, 19), date(2027, 3, 25), date(2026, 12, 7)

_NAMES = (("Forecast model", "Juniper Schools"), ("Support retainer 2027", "Brightwater Clinics"), ("Packaging line", "Brightwater Clinics"),
          ("Care plan", "Vela Dental"), ("Data migration with a name that is rather long", "Marlowe Hotels and Resorts International"), ("Tone of voice", "Pike Logistics"))
_ACTIONS = (("overdue", "phone", "Call procurement", "4 d late"), ("today", "mail", "Send case study", "Today"), ("planned", "calendar", "Demo with the board", "Tue 8 Dec"),
            ("missing", "", "", ""), ("parked", "pause", "Parked until March", "1 Mar"))
_SERVICES = ("Website build", "Brand system", "Paid media", "Support retainer", "CRM rollout")


def _deal(number: int, stage: int) -> Thing:
    name, company = _NAMES[number % 6]
    state, icon, words, when = _ACTIONS[(number + stage) % 5]
    owner = (mara, jonas, sofia, lena)[number % 4]
    return Thing(
        id=stage * 100 + number, version=1, name=name, href="/deals/1/", company_name=company, value=f"€{12 + number * 7},500", stage_id=stage,
        owner_name=owner.name, owner_initials=owner.initials, owner_tone=owner.tone, service_name=_SERVICES[number % 5], service_tone=number % 5,
        days_in_stage=f"{number * 3 + 2} d", is_stuck=number % 4 == 1, action_state=state, action_icon=icon, action_words=words, action_when=when,
    )


stages: list[Any] = [
    Thing(id=number, kind=kind, name=name, count=48 - number * 5, total=f"€{2.4 - number / 4:.2f}M", weighted="€335k", probability=chance, share=900 - number * 120,
          cards=[_deal(card, number) for card in range(6)])
    for number, (name, kind, chance) in enumerate((("Qualified", "open", 10), ("Discovery", "open", 25), ("Proposal", "open", 50), ("Negotiation", "open", 70), ("Won", "won", 100)), 1)
]
chips = [Thing(key="missing", count=12, href="?only=missing", is_on=False), Thing(key="overdue", count=11, href="?only=overdue", is_on=False),
         Thing(key="today", count=17, href="?only=today", is_on=True), Thing(key="stuck", count=9, href="?only=stuck", is_on=False)]
kpis = [Thing(label="Open pipeline", value="€6.65M", note="+6.2%", tone="ok", href="/deals/"), Thing(label="Weighted", value="€2.86M"),
        Thing(label="Closing in November", value="€412k", note="of €500k goal"), Thing(label="Win rate, 90 days", value="31%", note="-2 pt", tone="bad")]


def _step(label: str, detail: str, state: str, side: str = "sell") -> Thing:
    return Thing(label=label, detail=detail, state=state, side=side, href="")


deal_steps = [_step("Lead", "2 d", "done"), _step("Qualified", "6 d", "done"), _step("Discovery", "9 d", "done"), _step("Proposal", "11 d", "done"), _step("Negotiation", "5 d now", "current"),
              _step("Verbal yes", "", "todo"), _step("Handoff", "", "todo", "seam"), _step("Kickoff", "1 Dec", "todo", "deliver"), _step("Deliver", "to 19 Mar", "todo", "deliver"), _step("Renew", "Mar 2028", "todo", "deliver")]
handoff_steps = [_step("Lead", "2 d", "done"), _step("Proposal", "20 d", "done"), _step("Won", "27 Nov", "done"), _step("Handoff", "1 d", "current", "seam"),
                 _step("Kickoff", "7 Dec", "todo", "deliver"), _step("Deliver", "to 19 Mar", "todo", "deliver")]
project_steps = [_step("Lead", "2 d", "done"), _step("Won", "25 Sep", "done"), _step("Handoff", "", "done", "seam"), _step("Kickoff", "5 Oct", "done", "deliver"), _step("Concept", "12 Nov", "done", "deliver"),
                 _step("Design system", "now", "current", "deliver"), _step("Templates", "22 Jan", "todo", "deliver"), _step("Launch", "25 Mar", "late", "deliver")]
kinds = [("call", "Call"), ("email", "E-mail"), ("meeting", "Meeting"), ("task", "Task")]
days = [("2026-12-01", "Tomorrow"), ("2026-12-02", "Wed 2 Dec"), ("2026-12-07", "Mon 7 Dec")]
ready = [Thing(label="Scope summary", is_done=True), Thing(label="Promised timeline", is_done=True), Thing(label="Key constraints", is_done=True),
         Thing(label="Main stakeholder confirmed", is_done=False, href="/gate/"), Thing(label="Kickoff date agreed", is_done=False, href="/gate/")]
people = [Thing(name="Hanne Dahl", initials="HD", tone=2, detail="Head of Digital", role="Main", role_tone="sell", knows="Chat, before 09:00"),
          Thing(name="Peer Krohn", initials="PK", tone=5, detail="CFO", role="Budget"), Thing(name="Ines Sato", initials="IS", tone=4, detail="IT lead", role="Sceptic", role_tone="warn")]
parts = [Thing(share=80, tone="kept"), Thing(share=440, tone="planned"), Thing(share=220, tone="at_risk"), Thing(share=260, tone="uncovered")]


def _promise(number: int, kind: str, text: str, column: str, **more: Any) -> Thing:
    return Thing(id=number, kind=kind, kind_words=kind.capitalize(), text=text, column=column, weight=3 - number % 3, **more)


ledger = [
    Thing(key="uncovered", weight=6, promises=[_promise(1, "staffing", "Jonas Ode builds the configurator himself", "uncovered", quote="We want the person who built our careers site on this one. Not a freelancer.", speaker="Hanne Dahl, call", said="18 Nov, 12:40", source_href="/comms/1/", cover_words="No booking for Jonas", actions=[("Cover with a task", "/promises/1/cover/")], is_selected=True)]),
    Thing(key="planned", weight=10, promises=[_promise(2, "deliverable", "42 templates moved to the new CMS", "planned", cover_words="Templates accepted, 22 Jan", cover_href="/tasks/1/"), _promise(3, "deliverable", "1,100 pages migrated, redirects included", "planned", cover_words="Migration done, 5 Feb")]),
    Thing(key="at_risk", weight=5, promises=[_promise(4, "date", "Live by 19 Mar, before the fair on 24 Mar", "at_risk", quote="Can we still make the trade fair on the 24th?", speaker="Hanne Dahl, e-mail", said="26 Nov, 08:47", source_href="/comms/2/", cover_words="Forecast 24 Mar, 3 working days late", is_late=True)]),
    Thing(key="kept", weight=2, promises=[_promise(5, "price", "Support cost split out before signature", "kept", cover_words="Kept 25 Nov")]),
    Thing(key="waived", weight=1, promises=[_promise(6, "deliverable", "Dark theme for the configurator", "waived", cover_words="Hanne Dahl, 24 Nov")]),
]
answers = [
    Thing(field="scope_summary", label="Scope summary", icon="file-text", text="Move 42 templates to the new CMS, migrate 1,100 pages, rebuild the configurator for three product families, train six editors.", source="From proposal v3, accepted by Tom Brandt 09:12", decision="accept"),
    Thing(field="promised_finish_date", label="Promised timeline", icon="calendar", text="Go-live 19 Mar 2027. Trade fair on 24 Mar 2027 does not move.", source="From proposal v3", decision="accept"),
    Thing(field="key_constraints", label="Key constraints", icon="shield", text="Legal review of every public page takes 5 working days.", source="From call notes, 18 Nov", decision="return", question="Do the 1,100 migrated pages need legal review too?", error="Ask a question, so that sales can answer."),
    Thing(field="main_stakeholder_id", label="Main stakeholder", icon="user", text="Hanne Dahl, Head of Digital. Decides scope.", source="From the stakeholder map", decision="", reply="Peer Krohn signs invoices. (Mara Klein, 09:40)"),
    Thing(field="kickoff_date", label="Kickoff date", icon="calendar", text="7 Dec 2026, agreed with the client.", decision="", warning="Design is at 112% that week. First week below 100%: 14 Dec."),
]
created = [Thing(icon="folder-kanban", words="P-0231 Website replatform", detail="46 tasks, 7 milestones, template “Website build” v7", href="/projects/1/"), Thing(icon="wallet", words="Budget €84,000, 920 h", detail="Baseline 1"),
           Thing(icon="files", words="12 documents, 9 meeting notes", detail="4 stakeholders mapped in")]
queue = [
    Thing(href="/handoffs/1/", name="Rebrand 2027", detail="Delft Optics · €64,000 · Brand system", seller=sofia, lead=aiko, waiting="3 d", waiting_note="limit was 2 d", is_late=True, answered=5, answer_words="5 of 5 answered", percent=92,
          parts=[Thing(share=80, tone="kept"), Thing(share=840, tone="planned"), Thing(share=80, tone="at_risk")], missing=[("circle-check", "ok", "Nothing missing, ready to accept")]),
    Thing(href="/handoffs/2/", name="Website replatform", detail="Northwind Robotics · €84,000 · Website build", seller=mara, lead=tom, waiting="1 d", waiting_note="1 d left", is_late=False, answered=4, answer_words="4 of 5 answered", percent=52, parts=parts,
          missing=[("undo-2", "warn", "Legal review: which pages?"), ("circle-dashed", "", "3 promises have no task"), ("users", "", "Design at 112% in week 50")]),
    Thing(href="/handoffs/3/", name="Service desk setup", detail="Harbor Legal · €36,500 · CRM rollout", seller=lena, lead=None, waiting="4 h", waiting_note="1 d 20 h left", is_late=False, answered=3, answer_words="3 of 5 answered", percent=38, parts=parts, missing=[("circle-alert", "warn", "Key constraints empty")]),
]
track = Thing(start=20, now=240, promised=780, forecast=815, band=(780, 880), fixed=(812, "Trade fair 24 Mar"), ticks=[(150, "Nov"), (290, "Dec"), (430, "Jan"), (580, "Feb"), (710, "Mar"), (860, "Apr")],
              labels=Thing(start="Kickoff 5 Oct", now="Today", promised="Promised 19 Mar", forecast="Forecast 25 Mar"))
drift_points = Thing(line=[(0, 250), (180, 280), (360, 280), (520, 250), (720, 250), (860, 60)], promise_y=250, labels=[(0, "4 Nov"), (720, "27 Nov")])
scope_parts = [Thing(share=900, tone="baseline"), Thing(share=50, tone="approved"), Thing(share=50, tone="unapproved")]
scope_rows = [Thing(tone="baseline", label="Baseline", hours="920 h", money="€84,000"), Thing(tone="approved", label="Approved", hours="46 h", money="€4,200"), Thing(tone="unapproved", label="Unapproved", hours="38 h", money="€3,470"), Thing(tone="total", label="Work in plan", hours="1,004 h", money="€91,670")]
gate_values = Thing(scope_summary="Replatform 42 templates to the new CMS, migrate 1,100 pages, rebuild the configurator, train 6 editors.", promised_finish_date=promised, kickoff_date=kickoff, key_constraints="", no_constraints=False, main_stakeholder_id=None)
gate_errors = [Thing(field="key_constraints", message="Name the key constraints, or say that there are none."), Thing(field="main_stakeholder_id", message="Choose the main stakeholder.")]
columns = [Thing(key="name", label="Deal"), Thing(key="stage", label="Stage"), Thing(key="value", label="Value", is_number=True), Thing(key="closes", label="Closes", is_number=True), Thing(key="action", label="Next action", is_sortable=False)]
