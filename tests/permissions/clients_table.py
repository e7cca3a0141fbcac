"""The lines of companies, contacts and what is made of deals with them; part of the table."""

from __future__ import annotations

from tests.permissions.lines import ALL_DEALS, CLIENTS, OPEN_DEALS, Line, api, web

_WHERE = {"limit": "200"}
_COMPANY, _EDIT_COMPANY = "clients.company.view", "clients.company.edit"
_MERGE = "clients.record.merge"
_LOG, _READ_LOG = "comms.communication.log", "comms.communication.view"
_DEAL, _EDIT_DEAL = "sales.deal.view", "sales.deal.edit"
_PROMISE, _MAKE = "promises.promise.view", "promises.promise.make"

CLIENTS_API: tuple[Line, ...] = (
    api("GET", "/companies", "read_companies", _COMPANY, query=_WHERE),
    api("GET", "/companies/{company}", "read_company", _COMPANY, target="company", families=CLIENTS),
    api("POST", "/companies", "add_company", _EDIT_COMPANY, families=CLIENTS, target="company", unseen=(422,),
        body={"name": "New one", "parent_id": "@company", "owner_id": "@person.seller"}),
    api("PATCH", "/companies/{company}", "edit_company", _EDIT_COMPANY, target="company", families=CLIENTS, changes="company",
        body={"country": "Norway"}),
    api("GET", "/contacts", "read_contacts", _COMPANY, query=_WHERE, filters=({"company_id": "@company"},)),
    api("GET", "/contacts/{contact}", "read_contact", _COMPANY, target="contact", families=(*CLIENTS, "both")),
    api("POST", "/contacts", "add_contact", _EDIT_COMPANY, families=CLIENTS, target="company", unseen=(422,),
        body={"name": "New person", "company_id": "@company"}),
    api("PATCH", "/contacts/{contact}", "edit_contact", _EDIT_COMPANY, target="contact", families=CLIENTS, changes="contact",
        body={"title": "Head of Digital"}),
    api("GET", "/contacts/{contact}/card", "read_contact_card", _COMPANY, target="contact", families=(*CLIENTS, "both")),
    api("PUT", "/contacts/{contact}/points", "put_points", _EDIT_COMPANY, target="contact", families=CLIENTS, changes="contact",
        body={"points": [{"kind": "email", "value": "new@client.test"}]}),
    api("PUT", "/contacts/{contact}/companies", "put_contact_company", _EDIT_COMPANY, target="contact", families=CLIENTS, changes="contact",
        body={"company_id": "@company", "role": "Buyer"}),
    api("POST", "/contacts/{contact}/consents", "add_consent", _EDIT_COMPANY, target="contact", families=CLIENTS, changes="contact",
        body={"purpose": "newsletter", "state": "given"}),
    api("GET", "/duplicates", "read_duplicates", _MERGE, query=_WHERE, filters=({"record_id": "@company"},)),
    api("POST", "/duplicates/{duplicate}/decision", "decide_pair", _MERGE, target="duplicate", families=("north", "secret"),
        body={"is_different": True}),
    api("POST", "/companies/{company}/merging", "merge_company", _MERGE, target="company", families=CLIENTS,
        body={"source_id": "@company.spare"}),
    api("POST", "/contacts/{contact}/merging", "merge_contact", _MERGE, target="contact", families=CLIENTS,
        body={"source_id": "@contact.spare"}),
    api("POST", "/merges/{merge}/undoing", "undo_merging", _MERGE, target="merge", families=("north",)),
)
CLIENTS_WEB: tuple[Line, ...] = (
    web("GET", "/deals/{deal}/stakeholders/", "deal_stakeholders", _DEAL, target="deal", families=ALL_DEALS),
    web("POST", "/deals/{deal}/stakeholders/one/", "deal_stakeholder", _EDIT_DEAL, target="deal", families=OPEN_DEALS, changes="deal",
        body={"contact_id": "@contact", "decision_role": "decides"}),
    web("GET", "/sales/reports/", "sales_reports", "sales.report.view", query={"period": "365"}),
    web("POST", "/sales/goals/", "sales_goal", "sales.goal.edit", body={"month": "2026-12", "amount": "1000", "person_id": "@person.seller"}),
    web("GET", "/contacts/", "contacts", _COMPANY),
    web("GET", "/contacts/new/", "add_contact", _EDIT_COMPANY),
    web("POST", "/contacts/new/", "add_contact", _EDIT_COMPANY, body={"name": "Brand new person"}),
    web("GET", "/contacts/{contact}/", "contact", _COMPANY, target="contact", families=(*CLIENTS, "both")),
    web("POST", "/contacts/{contact}/field/{field.source}/", "contact_field", _EDIT_COMPANY, target="contact", families=CLIENTS,
        changes="contact", body={"source": "Fair"}),
    web("POST", "/contacts/{contact}/points/", "contact_points", _EDIT_COMPANY, target="contact", families=CLIENTS, changes="contact",
        body={"kind": "email", "value": "new@client.test"}),
    web("POST", "/contacts/{contact}/companies/", "contact_company", _EDIT_COMPANY, target="contact", families=CLIENTS, changes="contact",
        body={"company_id": "@company"}),
    web("POST", "/contacts/{contact}/referrer/", "contact_referrer", _EDIT_COMPANY, target="contact", families=CLIENTS, changes="contact",
        body={"referrer_id": "@contact.spare"}),
    web("POST", "/contacts/{contact}/consents/", "contact_consent", _EDIT_COMPANY, target="contact", families=CLIENTS, changes="contact",
        body={"purpose": "phone", "state": "refused"}),
    web("POST", "/contacts/{contact}/log/", "contact_log", _LOG, target="contact", families=CLIENTS, body={"kind": "note", "text": "Hello"}),
    web("GET", "/contacts/{contact}/card.vcf", "contact_vcard", _COMPANY, target="contact", families=(*CLIENTS, "both")),
    web("GET", "/duplicates/", "duplicates", _MERGE),
    web("POST", "/duplicates/", "duplicates", _MERGE),
    web("POST", "/duplicates/{duplicate}/", "duplicate_decision", _MERGE, target="duplicate", families=("north", "secret"),
        body={"is_different": "1"}),
    web("GET", "/duplicates/merge/", "merge", _MERGE, target="duplicate", families=("north", "secret"), query={"pair": "@duplicate"}),
    web("POST", "/duplicates/merge/", "merge", _MERGE, target="company", families=CLIENTS,
        body={"of": "companies", "one": "@company", "other": "@company.spare", "target": "@company"}),
    web("POST", "/merges/{merge}/undoing/", "merge_undo", _MERGE, target="merge", families=("north",)),
    web("GET", "/companies/", "companies", _COMPANY),
    web("GET", "/companies/new/", "new_company", _EDIT_COMPANY),
    web("POST", "/companies/new/", "new_company", _EDIT_COMPANY, body={"name": "Brand new one"}),
    web("GET", "/companies/{company}/", "company", _COMPANY, target="company", families=CLIENTS),
    web("GET", "/companies/{company}/promises/new/", "company_promise", _MAKE, target="company", families=CLIENTS),
    web("POST", "/companies/{company}/promises/new/", "company_promise", _MAKE, target="company", families=CLIENTS,
        unseen=(404, 422), needs=("deal",), body={"kind": "quality", "text": "Fast", "home": "@@deal"}),
    web("POST", "/companies/{company}/field/{field.country}/", "company_field", _EDIT_COMPANY, target="company", families=CLIENTS,
        changes="company", body={"country": "Norway"}),
    web("POST", "/companies/{company}/contacts/", "new_contact", _EDIT_COMPANY, target="company", families=CLIENTS,
        unseen=(404, 422), body={"name": "New person"}),
    web("POST", "/companies/{company}/log/", "company_log", _LOG, target="company", families=CLIENTS, unseen=(404, 422),
        body={"kind": "note", "text": "Good morning."}),
)
