"""The lines of objectives and of the house as a whole."""

from __future__ import annotations

from tests.permissions.lines import Line, api, web

_OBJECTIVE, _SET = "insights.objective.view", "insights.objective.edit"
_EXPORT, _EDIT_DEAL = "house.export.make", "sales.deal.edit"
_KEEP, _PERSON, _OPENINGS = "house.retention.edit", "house.person.erase", "audit.openings.view"
_HOOK, _BACKUP = "webhooks.webhook.manage", "house.backup.edit"
_TOLD = {"name": "Invoices", "address": "https://hooks.example.com/in", "events": ["sales.deal.won"]}
_SHOWN, _CLIENTS = ("open", "hidden"), ("north", "south", "secret")
_WHERE = {"limit": "200"}
_QUARTER = {"starts_date": "2026-10-01", "ends_date": "2026-12-31"}
_TYPED = {"name": "Win the year", "measure": "wins", "target": "12", "period": "own", "whose": "", **_QUARTER}

HOUSE_API: tuple[Line, ...] = (
    api("GET", "/objectives", "read_objectives", _OBJECTIVE, query=_WHERE),
    api("GET", "/objectives/{objective}", "read_objective", _OBJECTIVE, target="objective", families=_SHOWN),
    api("GET", "/objectives/{objective}/facts", "read_objective_facts", _OBJECTIVE, target="objective", families=_SHOWN, query=_WHERE),
    api("POST", "/objectives", "add_objective", _SET, target="objective", families=("open",), changes="objective", unseen=(422,),
        body={"name": "Win the year", "measure": "wins", "target": 12, "links": ["@@deal"], **_QUARTER}),
    api("PATCH", "/objectives/{objective}", "edit_objective", _SET, target="objective", families=_SHOWN, changes="objective",
        body={"name": "Another name"}),
    api("POST", "/objectives/{objective}/archiving", "archive_objective_now", _SET, target="objective", families=_SHOWN, changes="objective",
        body={"is_archived": True}),
    api("GET", "/exports", "read_exports", _EXPORT),
    api("POST", "/exports", "add_export", _EXPORT, refuses=("",)),
    api("GET", "/exports/{errand.first}", "read_export", _EXPORT),
    api("POST", "/exports/{errand.first}/file", "take_export_file", _EXPORT, refuses=("",)),
    api("GET", "/trash", "read_trash", None, query=_WHERE),
    api("POST", "/trash", "add_to_trash", None, right=_EDIT_DEAL, target="deal", families=("peer", "open", "hidden"), changes="deal",
        refuses=("open", "hidden"), body={"ref": "@@deal"}),
    api("POST", "/trash/{item.gone}/return", "bring_back_from_trash", None, target="item", families=("gone",)),
    api("GET", "/retention", "read_retention", _KEEP),
    api("PUT", "/retention", "put_retention", _KEEP, body={"key": "leads", "is_on": True, "months": 24}),
    api("GET", "/retention/due", "read_due", _KEEP, query={"key": "leads", "limit": "200"}),
    api("POST", "/retention/runs", "add_retention_run", _KEEP),
    api("GET", "/holds", "read_holds", _KEEP, query=_WHERE),
    api("POST", "/holds", "add_hold", _KEEP, target="company", families=_CLIENTS, body={"ref": "@@company", "reason": "A dispute"}),
    api("POST", "/holds/{hold.first}/release", "release_hold_now", _KEEP),
    api("GET", "/search", "search_everything", None, query={"q": "website"}),
    api("GET", "/calendars", "read_calendars", "organisation.settings.edit", query=_WHERE),
    api("POST", "/calendars/{calendar.spare}/archiving", "archive_calendar_now", "organisation.settings.edit", body={"is_archived": True}),
    api("PUT", "/teams/{team.north}/calendar", "put_team_calendar", "organisation.settings.edit", body={"calendar_id": "@calendar.spare"}),
    api("GET", "/audit", "read_audit", "audit.log.view", query=_WHERE, filters=({"ref": "@@deal"},)),
    api("GET", "/openings", "read_openings", _OPENINGS, query=_WHERE),
    api("POST", "/contacts/{contact}/personal-data", "take_personal_data", _PERSON, target="contact", families=_CLIENTS),
    api("GET", "/contacts/{contact}/erasure", "read_erasure", _PERSON, target="contact", families=_CLIENTS),
    api("POST", "/contacts/{contact}/search", "add_person_search", _PERSON, target="contact", families=_CLIENTS, refuses=_CLIENTS),
    api("POST", "/contacts/{contact}/erasure", "add_erasure", _PERSON, target="contact", families=_CLIENTS, body={"reason": "Asked"}),
    api("GET", "/people/{person.helper}/erasure", "read_colleague_erasure", _PERSON),
    api("POST", "/people/{person.helper}/search", "add_colleague_search", _PERSON, refuses=("",)),
    api("POST", "/people/{person.helper}/erasure", "add_colleague_erasure", _PERSON, body={"reason": "Asked"}, refuses=("",)),
    api("GET", "/backup", "read_backup", _BACKUP),
    api("PUT", "/backup", "put_backup", _BACKUP, body={"is_on": True, "hour": 3, "keep": 7}),
    api("POST", "/backup/runs", "add_backup_run", _BACKUP),
    api("GET", "/webhooks", "read_webhooks", _HOOK),
    api("GET", "/webhook-events", "read_webhook_events", _HOOK),
    api("POST", "/webhooks", "add_webhook_now", _HOOK, body=_TOLD),
    api("GET", "/webhooks/{webhook.first}", "read_webhook", _HOOK),
    api("PATCH", "/webhooks/{webhook.first}", "edit_webhook", _HOOK, body={"name": "Others"}),
    api("DELETE", "/webhooks/{webhook.spare}", "delete_webhook", _HOOK),
    api("POST", "/webhooks/{webhook.first}/secret", "renew_webhook_secret", _HOOK),
    api("GET", "/webhooks/{webhook.first}/deliveries", "read_deliveries", _HOOK, query=_WHERE),
    api("POST", "/webhooks/{webhook.first}/deliveries/{sending.first}/attempts", "add_delivery_attempt", _HOOK),
)

HOUSE_WEB: tuple[Line, ...] = (
    web("GET", "/objectives/", "objectives", _OBJECTIVE),
    web("GET", "/objectives/new/", "new_objective", _SET),
    web("POST", "/objectives/new/", "new_objective", _SET, target="objective", families=("open",), changes="objective", body=_TYPED),
    web("GET", "/objectives/{objective}/", "objective", _OBJECTIVE, target="objective", families=_SHOWN),
    web("GET", "/objectives/{objective}/editing/", "objective_editing", _SET, target="objective", families=_SHOWN),
    web("POST", "/objectives/{objective}/editing/", "objective_editing", _SET, target="objective", families=("open",), changes="objective",
        body=_TYPED),
    web("POST", "/objectives/{objective}/archiving/", "objective_archiving", _SET, target="objective", families=_SHOWN, changes="objective"),
    web("GET", "/settings/retention/", "retention", _KEEP),
    web("POST", "/settings/retention/run/", "retention_run", _KEEP, body={}),
    web("GET", "/settings/retention/{retention.rule}/", "retention_rule", _KEEP),
    web("POST", "/settings/retention/{retention.rule}/", "retention_rule", _KEEP, body={"months": "24", "is_on": "on"}),
    web("POST", "/settings/holds/", "holds", _KEEP, target="company", families=_CLIENTS, body={"ref": "@@company", "reason": "A dispute"}),
    web("POST", "/settings/holds/{hold.first}/release/", "hold_release", _KEEP, body={}),
    web("GET", "/settings/audit/", "audit_log", "audit.log.view"),
    web("GET", "/settings/openings/", "openings", _OPENINGS),
    web("GET", "/settings/privacy/colleagues/{person.helper}/", "colleague_privacy", _PERSON),
    web("POST", "/settings/privacy/colleagues/{person.helper}/", "colleague_privacy", _PERSON, body={"reason": "Asked"}, refuses=("",)),
    web("POST", "/settings/privacy/colleagues/{person.helper}/look/", "colleague_look", _PERSON, body={}, refuses=("",)),
    web("GET", "/settings/backup/", "backup", _BACKUP),
    web("POST", "/settings/backup/", "backup", _BACKUP, body={"is_on": "on", "hour": "3", "keep": "7"}),
    web("POST", "/settings/backup/now/", "backup_now", _BACKUP, body={}),
    web("GET", "/settings/webhooks/", "webhooks", _HOOK),
    web("POST", "/settings/webhooks/", "webhooks", _HOOK, body=_TOLD),
    web("GET", "/settings/webhooks/{webhook.first}/", "webhook", _HOOK),
    web("POST", "/settings/webhooks/{webhook.first}/", "webhook", _HOOK, body={**_TOLD, "is_active": "on"}),
    web("POST", "/settings/webhooks/{webhook.first}/secret/", "webhook_secret", _HOOK, body={}),
    web("POST", "/settings/webhooks/{webhook.spare}/removal/", "webhook_removal", _HOOK, body={}),
    web("POST", "/settings/webhooks/{webhook.first}/sent/{sending.first}/again/", "webhook_again", _HOOK, body={}),
)
