"""What is new in a reply: without the e-mail it answers, its heading, and the signature. Works line by line, each looked at once."""

from __future__ import annotations

import re
from collections.abc import Sequence

_LONGEST_HEAD, _HEAD_LINES = 400, 4
_QUOTED = re.compile(r"\s{0,3}[>|]")
_SIGNED = frozenset({"--", "-- ", "\u2014", "\u2014 "})
_DASHES = re.compile(r"[-_\u2014=*]{2,60}")
_BETWEEN_DASHES = re.compile(r"[\s>]{0,9}-{2,40}\s{0,9}(.{3,60}?)\s{0,9}-{2,40}\s{0,9}")
_ORIGINAL = frozenset({
    "original message", "original-nachricht", "ursprüngliche nachricht", "originalnachricht", "original appointment", "reply message",
    "message d'origine", "message original", "mensaje original", "messaggio originale", "oorspronkelijk bericht", "oprindelig meddelelse",
    "ursprungligt meddelande", "mensagem original", "исходное сообщение", "antwort", "reply",
})
# The last word of a heading such as "On Monday, Ada wrote:", and the words it may begin with.
_WROTE = re.compile(
    r"(?:wrote|writes|schrieb(?:en)?|geschrieben|a écrit|escribió|ha scritto|schreef|geschreven|skrev|escreveu|pisze|napisał\(?a?\)?|kirjoitti|"
    r"написал(?:а|\(а\))?|пишет|writes)\b[^:]{0,120}:?\s{0,3}$", re.I,
)
_BEGINS = re.compile(
    r"(?:[-*\u2014]{1,4}\s{0,3})?(?:on|at|am|le|el|il|op|den|em|w dniu|dnia|von|from|\d{1,4}[./-]\d{1,2}[./-]\d{1,4}|(?:mon|tue|wed|thu|fri|sat|sun|mo|di|mi|do|fr|sa|so)[a-z]{0,8}[.,])\b", re.I,
)
_DATED = re.compile(r"@|<|\d{1,2}:\d{2}|\b\d{4}\b|\d{1,2}[./-]\d{1,2}[./-]")
# "26.06.2014, 14:41, Ada <ada@example.com>:" and "Thu, 26 Jun 2014 14:00:51 +0400 от Ada <ada@example.com>:"
_DATE_AND_ADDRESS = re.compile(r"(?=.{0,60}\d{4})(?=.{0,90}\d{1,2}:\d{2}).{6,300}<[^<>\s]{3,120}@[^<>\s]{3,120}>:?\s{0,3}$")
_FIELDS = {
    name: kind
    for kind, names in {
        "from": "from von de da van från fra od от", "sent": "sent date gesendet datum envoyé date enviado fecha inviato data verzonden skickat sendt wysłano отправлено дата",
        "to": "to an à para a aan till til do кому", "subject": "subject betreff objet asunto oggetto onderwerp ämne emne temat тема",
        "cc": "cc kopie", "reply": "reply-to antwort",
    }.items()
    for name in names.split()
}
_FIELD = re.compile(r"[\s>*]{0,6}([^\W\d_][\w-]{0,14})\s{0,2}\*{0,2}\s{0,2}:\*{0,2}(?:\s|$)")
_FIELDS_NEEDED, _FIELD_LINES = 3, 8
_SENT_FROM = re.compile(
    r"(?:sent|gesendet|get outlook|von meine[mr]|envoyé|enviado|inviato)\b.{0,60}\b(?:iphone|ipad|android|outlook|mobile|handy|smartphone|samsung\w*|galaxy|blackberry|sparrow|phone|gerät|gesendet|mail app|yahoo\w*)\b.{0,80}", re.I,
)
_FORWARDED = re.compile(r"(?:-{2,}\s{0,3})?(?:begin forwarded message|forwarded message|weitergeleitete nachricht|message transféré|anfang der weitergeleiteten)", re.I)


def new_words(text: str, *, is_forward: bool = False) -> str:
    """The new part of a reply; all of it where answers stand between the quotes, where it is a forward, or where nothing else is left."""
    lines = _unsigned(text.split("\n"))
    head = len(lines) if is_forward else _history_at(lines)
    above, below = lines[:head], _answers_below(lines[head:])
    rest = lines if below is None else _without_quote([*above, *below])
    said = "\n".join(_unsigned(rest)).strip("\n")
    return said if said.strip() else "\n".join(lines).strip("\n") or text


def _history_at(lines: Sequence[str]) -> int:
    """The line at which the former e-mail begins; the number of lines where there is none."""
    kinds = [_field(line) for line in lines]
    for place, line in enumerate(lines):
        bare = line.strip()
        if not bare or len(bare) > _LONGEST_HEAD or _QUOTED.match(line):
            continue
        if _FORWARDED.match(bare):
            return len(lines)
        if _is_original(bare) or _is_heading(lines, place) or _is_block(kinds[place : place + _FIELD_LINES]):
            return place - 1 if place and _is_rule(lines, place - 1) else place
    return len(lines)


def _is_rule(lines: Sequence[str], place: int) -> bool:
    return bool(_DASHES.fullmatch(lines[place].strip())) and len(lines[place].strip()) > 2


def _is_original(bare: str) -> bool:
    found = _BETWEEN_DASHES.fullmatch(bare)
    return bool(found and " ".join(found[1].lower().split()) in _ORIGINAL)


def _is_heading(lines: Sequence[str], place: int) -> bool:
    """Whether a sentence that introduces a quote begins here; programs break it into several lines."""
    first = lines[place].lstrip(" >*\u2014-")
    if _DATE_AND_ADDRESS.match(first[:_LONGEST_HEAD]):
        return True
    if not _BEGINS.match(first):
        return False
    said = ""
    for line in lines[place : place + _HEAD_LINES]:
        if not line.strip() and said:
            return False
        said = f"{said} {line.strip(' >')}".strip()
        if len(said) > _LONGEST_HEAD:
            return False
        if _WROTE.search(said[-150:]) and _DATED.search(said) and (said.endswith(":") or _is_quoted_next(lines, place)):
            return True
    return False


def _is_quoted_next(lines: Sequence[str], place: int) -> bool:
    return any(_QUOTED.match(line) for line in lines[place + 1 : place + 4])


def _is_block(kinds: Sequence[str]) -> bool:
    """Whether the lines are headings of an e-mail: From, Sent, To and Subject, in one of many languages."""
    if kinds[0] not in ("from", "sent", "subject", "to"):
        return False
    named = {kind for kind in kinds if kind}
    return len(named) >= _FIELDS_NEEDED and "from" in named and not named.isdisjoint(("sent", "to"))


def _field(line: str) -> str:
    found = _FIELD.match(line[:80]) if ":" in line[:40] else None
    return _FIELDS.get(found[1].lower(), "") if found else ""


def _answers_below(history: Sequence[str]) -> list[str] | None:
    """What was written below a quoted e-mail; None where something new stands between its lines."""
    quoted = [place for place, line in enumerate(history) if _QUOTED.match(line)]
    if not quoted or any(line.strip() for line in history[_HEAD_LINES : quoted[0]]):
        return []
    if any(line.strip() and not _QUOTED.match(line) for line in history[quoted[0] : quoted[-1]]):
        return None
    return list(history[quoted[-1] + 1 :])


def _without_quote(lines: list[str]) -> list[str]:
    """Without the quote at the end or at the beginning; with all quotes where something new stands between them."""
    said = [place for place, line in enumerate(lines) if line.strip() and not _QUOTED.match(line)]
    quoted = [place for place, line in enumerate(lines) if _QUOTED.match(line)]
    if not said or not quoted:
        return lines
    if quoted[0] > said[-1]:
        return lines[: quoted[0]]
    if quoted[-1] < said[0]:
        return lines[quoted[-1] + 1 :]
    return lines


def _unsigned(lines: Sequence[str]) -> list[str]:
    """Without the signature behind a line of two dashes, and without what a telephone adds by itself."""
    for place, line in enumerate(lines):
        if line in _SIGNED and any(before.strip() for before in lines[:place]):
            lines = lines[:place]
            break
    kept = list(lines)
    while kept and (not kept[-1].strip() or (len(kept[-1]) < _LONGEST_HEAD and _SENT_FROM.fullmatch(kept[-1].strip()))):
        kept.pop()
    return kept
