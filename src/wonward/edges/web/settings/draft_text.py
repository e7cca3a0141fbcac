"""Amounts and dependencies as people write them in the template editor: `2 + 0.25/unit`, `1.2, SS 2.1 +3`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

_NUMBER = r"\d+(?:[.,]\d+)?"
_AMOUNT = re.compile(
    rf"^(?:(?P<only>{_NUMBER})\s*/\s*unit|(?P<base>-?{_NUMBER})(?:\s*\+\s*(?P<more>{_NUMBER})\s*/\s*unit)?)$", re.IGNORECASE
)
_WAIT = re.compile(
    rf"^(?P<before>FS|SS|FF|SF)?\s*(?P<row>\d+(?:\.\d+)*)\s*(?P<after>FS|SS|FF|SF)?\s*(?:(?P<sign>[+\-−])\s*(?P<lag>{_NUMBER})\s*(?P<unit>e?d?))?$",
    re.IGNORECASE,
)


class Unreadable(ValueError):
    """What was typed cannot be read; the message is for whoever typed it."""


def plain_number(value: float) -> str:
    """5, 0.5, 1.25."""
    return f"{value:.6f}".rstrip("0").rstrip(".")


def _number(text: str) -> int | float:
    value = float(text.replace(",", "."))
    return int(value) if value == int(value) else value


def read_amount(text: str, *, times: int = 1) -> Any:
    """A number, or base and per unit, each times `times`; None when empty."""
    text = text.strip()
    if not text:
        return None
    match = _AMOUNT.match(text)
    if match is None:
        raise Unreadable(_("“%(text)s” is not an amount. Write 5, 0.5 or 2 + 0.25/unit.") % {"text": text[:60]})
    base = _scaled(_number(match["base"] or "0"), times)
    unit = match["only"] or match["more"]
    if unit is None:
        return base
    per_unit = _scaled(_number(unit), times)
    return {"base": base, "per_unit": per_unit} if base else {"per_unit": per_unit}


def _scaled(value: float, times: int) -> int | float:
    scaled = round(value * times, 3)
    return int(scaled) if scaled == int(scaled) else scaled


def write_amount(amount: Any, *, divided_by: int = 1) -> str:
    """The text that `read_amount` reads back."""
    if amount is None:
        return ""
    if isinstance(amount, Mapping):
        base = amount.get("base") or 0
        unit = f"{plain_number(amount['per_unit'] / divided_by)}/unit"
        return f"{plain_number(base / divided_by)} + {unit}" if base else unit
    return plain_number(amount / divided_by)


def read_waits(text: str, keys: Mapping[str, str]) -> list[dict[str, Any]]:
    """Dependencies by outline number, FS without a type; `+3` are working days, `+3e` elapsed ones."""
    waits = []
    for part in re.split(r"[,;]", text):
        word = part.strip()
        if not word:
            continue
        match = _WAIT.match(word)
        if match is None:
            raise Unreadable(_("“%(text)s” is not a dependency. Write 1.2, SS 1.2 +3 or 1.2 +2e.") % {"text": word[:60]})
        key = keys.get(match["row"])
        if key is None:
            raise Unreadable(_("There is no row %(row)s to wait for.") % {"row": match["row"]})
        wait: dict[str, Any] = {"key": key, "type": (match["before"] or match["after"] or "FS").upper(), "lag_days": 0}
        if match["lag"]:
            lag = _number(match["lag"])
            wait["lag_days"] = lag if match["sign"] == "+" else -lag
            if "e" in match["unit"].lower():
                wait["lag_unit"] = "elapsed"
        waits.append(wait)
    return waits


def write_waits(waits: Sequence[Mapping[str, Any]], numbers: Mapping[str, str]) -> str:
    """The text that `read_waits` reads back."""
    return ", ".join(write_wait(wait, numbers) for wait in waits)


def write_wait(wait: Mapping[str, Any], numbers: Mapping[str, str]) -> str:
    """`1.2`, `SS 1.2 +3` or `1.2 +2e`."""
    kind, lag = wait.get("type") or "FS", wait.get("lag_days") or 0
    words = numbers.get(wait["key"], "?") if kind == "FS" else f"{kind} {numbers.get(wait['key'], '?')}"
    if lag:
        words += f" {'+' if lag > 0 else '−'}{plain_number(abs(lag))}"
        words += "e" if wait.get("lag_unit") == "elapsed" else ""
    return words


def read_efforts(text: str) -> list[dict[str, Any]]:
    """One line per role: `Designer: 12`, `Developer: 4 + 1.5/unit`, in hours."""
    efforts = []
    for line in text.splitlines():
        if not line.strip():
            continue
        role, colon, amount = line.rpartition(":")
        if not colon or not role.strip():
            raise Unreadable(_("“%(text)s” is not an effort. Write a role and its hours, such as Designer: 12.") % {"text": line[:60]})
        efforts.append({"role": role.strip(), "minutes": read_amount(amount, times=60) or 0})
    return efforts


def write_efforts(efforts: Sequence[Mapping[str, Any]]) -> str:
    """The text that `read_efforts` reads back."""
    return "\n".join(f"{part['role']}: {write_amount(part['minutes'], divided_by=60)}" for part in efforts)


def read_skills(text: str) -> list[dict[str, Any]]:
    """One line per skill with the level needed, `French: 3`; without a level 1 will do."""
    skills = []
    for line in text.splitlines():
        if not line.strip():
            continue
        name, colon, level = line.rpartition(":")
        name, level = (name, level.strip()) if colon else (line, "1")
        if not name.strip() or level not in ("1", "2", "3", "4", "5"):
            raise Unreadable(_("“%(text)s” is not a skill. Write its name and a level from 1 to 5, such as French: 3.") % {"text": line[:60]})
        skills.append({"name": name.strip(), "level": int(level)})
    return skills


def write_skills(skills: Sequence[Mapping[str, Any]]) -> str:
    """The text that `read_skills` reads back."""
    return "\n".join(f"{one['name']}: {one.get('level') or 1}" for one in skills)


def read_lines(text: str) -> list[str]:
    """One entry per line that says something."""
    return [line.strip() for line in text.splitlines() if line.strip()]
