"""The score of a lead: a sum of points, each of which names the field that earned it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from wonward.domains.sales.types.leads import NewScoreRule, ScorePart, ScoreRuleRow
from wonward.kernel.errors import FieldError
from wonward.kernel.wording import worded

MOST_RULES = 60
MOST_POINTS = 100
FREE_MAIL = frozenset(
    ["gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "live.com", "yahoo.com", "icloud.com", "me.com", "aol.com",
     "gmx.de", "gmx.net", "gmx.at", "web.de", "t-online.de", "proton.me", "protonmail.com", "mail.com", "orange.fr", "free.fr"]
)
LEAD_FIELDS: Mapping[str, str] = {
    "source": "Source", "campaign": "Campaign", "service": "Service", "company_name": "Company", "title": "Job title",
    "email": "E-mail", "email_kind": "Kind of e-mail address", "phone": "Phone", "website": "Website", "country": "Country",
    "industry": "Industry", "employees": "Employees", "message": "Original words", "utm_source": "UTM source",
    "utm_medium": "UTM medium", "utm_campaign": "UTM campaign",
}
OPERATORS: Mapping[str, str] = {
    "is": "is", "is_not": "is not", "contains": "contains", "at_least": "is at least", "at_most": "is at most",
    "is_filled": "is known", "is_empty": "is not known",
}
_WITHOUT_VALUE = ("is_filled", "is_empty")
_NUMERIC = ("at_least", "at_most")


class _Rule(Protocol):
    @property
    def field(self) -> str: ...
    @property
    def operator(self) -> str: ...
    @property
    def value(self) -> str: ...


def score_of(facts: Mapping[str, str | int | None], rules: Sequence[ScoreRuleRow]) -> tuple[ScorePart, ...]:
    """The points of every rule that holds, in the order of the rules. The score is their sum."""
    return tuple(ScorePart(rule.id, rule.field, rule.label, rule.points) for rule in rules if holds(rule, facts.get(rule.field)))


def total_of(parts: Iterable[ScorePart]) -> int:
    """The sum of the points."""
    return sum(part.points for part in parts)


def holds(rule: _Rule, fact: str | int | None) -> bool:
    """Whether a rule holds for the value of its field. Words are compared without case; what is unknown is nothing."""
    said = "" if fact is None else str(fact).strip().casefold()
    wanted = rule.value.strip().casefold()
    if rule.operator == "is_filled":
        return bool(said)
    if rule.operator == "is_empty":
        return not said
    if rule.operator == "is":
        return bool(said) and said == wanted
    if rule.operator == "is_not":
        return said != wanted
    if rule.operator == "contains":
        return bool(wanted) and wanted in said
    try:
        number, limit = float(said), float(wanted)
    except ValueError:
        return False
    return number >= limit if rule.operator == "at_least" else number <= limit


def email_kind(email: str) -> str:
    """`company` or `free`; empty without an address."""
    host = email.strip().lower().rpartition("@")[2]
    if not host or "@" not in email:
        return ""
    return "free" if host in FREE_MAIL else "company"


def rule_errors(rules: Sequence[NewScoreRule], *, criteria: Iterable[str]) -> list[FieldError]:
    """Why these rules cannot score, rule by rule; `criteria` are the keys of qualification in use."""
    fields = {*LEAD_FIELDS, *criteria}
    errors = []
    if len(rules) > MOST_RULES:
        errors.append(FieldError("rules", worded("There are at most {most_rules} rules.", most_rules=MOST_RULES), "too_long"))
    for place, rule in enumerate(rules):
        at = f"rules[{place}]"
        if rule.field not in fields:
            errors.append(FieldError(f"{at}.field", worded("“{field}” is not a field of a lead.", field=rule.field), "unknown"))
        if rule.operator not in OPERATORS:
            errors.append(FieldError(f"{at}.operator", worded("“{operator}” is not a comparison.", operator=rule.operator), "unknown"))
        elif rule.operator not in _WITHOUT_VALUE and not rule.value.strip():
            errors.append(FieldError(f"{at}.value", "Say what the field is compared with.", "required"))
        elif rule.operator in _NUMERIC and not _is_number(rule.value):
            errors.append(FieldError(f"{at}.value", worded("“{value}” is not a number.", value=rule.value[:40]), "number"))
        if rule.points == 0 or abs(rule.points) > MOST_POINTS:
            errors.append(FieldError(f"{at}.points", worded("A rule gives or takes 1 to {most_points} points.", most_points=MOST_POINTS), "range"))
    return errors


def _is_number(text: str) -> bool:
    try:
        return float(text) == float(text)
    except ValueError:
        return False


def label_of(rule: NewScoreRule, *, names: Mapping[str, str]) -> str:
    """The words of a rule: its own, or made from its parts."""
    if rule.label.strip():
        return rule.label.strip()[:160]
    words = f"{names.get(rule.field, rule.field)} {OPERATORS.get(rule.operator, rule.operator)} {rule.value.strip()}"
    return words.strip()[:160]
