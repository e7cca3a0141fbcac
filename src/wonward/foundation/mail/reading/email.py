"""From the bytes of an e-mail to what it says: its people, its moment, its words, and what came with it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

from wonward.foundation.files.rules import clean_name, limit_in_words
from wonward.foundation.mail.reading.charsets import read_text, tidy_line, tidy_text
from wonward.foundation.mail.reading.headers import read_instant, read_mailboxes, read_message_ids, read_words
from wonward.foundation.mail.reading.markup import MOST_MARKUP, read_markup
from wonward.foundation.mail.reading.mime import Part, read_parts
from wonward.foundation.mail.reading.received import Attachment, Mailbox, ReceivedEmail
from wonward.foundation.mail.reading.replies import new_words
from wonward.kernel.errors import Refused
from wonward.kernel.text import says_nothing
from wonward.kernel.wording import Sentence, worded

MOST_ADDRESSES, MOST_EARLIER, LONGEST_TEXT = 500, 50, 200_000
_LONGEST_SUBJECT, _LONGEST_HEADER = 300, 20_000
_OF_AN_EMAIL = ("from", "sender", "to", "subject", "date", "message-id", "received", "return-path", "delivered-to")
_FORWARD = ("fw:", "fwd:", "wg:", "tr:", "rv:", "i:")
_SEALS = frozenset({"application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature"})
_ENDINGS = {
    "image/png": "png", "image/jpeg": "jpg", "image/gif": "gif", "image/webp": "webp", "application/pdf": "pdf", "text/plain": "txt",
    "text/html": "html", "text/calendar": "ics", "text/csv": "csv", "message/rfc822": "eml", "message/delivery-status": "txt", "text/rfc822-headers": "txt",
}
_MACHINES = ("mailer-daemon@", "postmaster@", "noreply-dmarc", "mail-daemon@")


@dataclass(slots=True)
class _Found:
    """What the parts of an e-mail hold, in their order."""

    texts: list[str] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    is_cut: bool = False


def read_email(data: bytes, *, limit_bytes: int) -> ReceivedEmail:
    """Read one e-mail. Refused, naming what is wrong, when it is none or is more than an e-mail may be; never another error."""
    if len(data) > limit_bytes:
        raise Refused.field("file", worded("The e-mail is larger than {limit}, which is the most one file may have.", limit=limit_in_words(limit_bytes)), "too_large")
    root = read_parts(data)
    if not any(name in root.headers for name in _OF_AN_EMAIL):
        raise Refused.field("file", "This is not an e-mail: it does not begin with headers such as From, To and Subject.", "format")
    found = _Found()
    _gather(root, found, is_root=True)
    subject = tidy_line(read_words(root.header("subject")[:_LONGEST_HEADER]), _LONGEST_SUBJECT)
    text = tidy_text("\n\n".join(found.texts))
    whole, is_cut = text[:LONGEST_TEXT], found.is_cut or len(text) > LONGEST_TEXT
    sent_at, remarks = _moment(root)
    if is_cut:
        remarks.append(worded("Only the beginning of its words is in the log; the whole e-mail is beside them."))
    people = _people(root)
    sender = next(iter(people["from"]), None) or next(iter(people["sender"]), None)
    own_ids = read_message_ids(root.header("message-id")[:_LONGEST_HEADER])
    return ReceivedEmail(
        own_ids[0] if own_ids else "", _earlier(root, own_ids), sender, tuple(dict.fromkeys([*people["to"], *people["cc"]])), sent_at,
        "" if says_nothing(subject) else subject, whole, new_words(whole, is_forward=subject.lower().startswith(_FORWARD)),
        tuple(found.attachments), _is_automatic(root, sender), tuple(remarks),
    )


def _people(root: Part) -> dict[str, list[Mailbox]]:
    people: dict[str, list[Mailbox]] = {}
    left = MOST_ADDRESSES
    for name in ("from", "sender", "to", "cc"):
        people[name] = list(islice(read_mailboxes(", ".join(root.headers.get(name, ()))), left + 1))
        left -= len(people[name])
        if left < 0:
            raise Refused.field("file", worded("The e-mail names more than {most} addresses.", most=MOST_ADDRESSES), "too_many")
    return people


def _moment(root: Part) -> tuple[datetime | None, list[Sentence]]:
    """When it was sent: by its Date, else by the last machine that passed it on."""
    said = root.header("date")
    received = root.header("received").rpartition(";")[2]
    sent_at = read_instant(said) or read_instant(received)
    if sent_at is not None:
        return sent_at, []
    shown = tidy_line(said, 80)
    if not shown:
        return None, [worded("The e-mail says no date; it stands in the log at the moment it was taken in.")]
    return None, [worded("The e-mail says “{date}”, which is no date; it stands in the log at the moment it was taken in.", date=shown)]


def _earlier(root: Part, own_ids: list[str]) -> tuple[str, ...]:
    """The e-mails it answers, the nearest first."""
    nearest = read_message_ids(root.header("in-reply-to")[:_LONGEST_HEADER])
    others = read_message_ids(root.header("references")[-_LONGEST_HEADER:])
    return tuple(one for one in dict.fromkeys([*nearest, *reversed(others)]) if one not in own_ids)[:MOST_EARLIER]


def _is_automatic(root: Part, sender: Mailbox | None) -> bool:
    submitted = root.header("auto-submitted").partition(";")[0].strip().lower()
    return (
        submitted not in ("", "no")
        or root.header("precedence").strip().lower() in ("bulk", "junk", "auto_reply")
        or any(name in root.headers for name in ("x-autoreply", "x-autorespond", "x-failed-recipients"))
        or root.header("return-path").strip() == "<>"
        or (root.media_type == "multipart/report" and root.parameters.get("report-type", "").lower() != "feedback-report")
        or (sender is not None and sender.address.startswith(_MACHINES))
    )


def _gather(part: Part, found: _Found, *, is_root: bool = False) -> None:
    if part.parts:
        if part.media_type == "multipart/alternative":
            _choose(part, found)
            return
        for one in part.parts:
            _gather(one, found)
    elif part.media_type.startswith("multipart/") or (_is_words(part) and (is_root or not _is_file(part))):
        if words := _words(part, found):
            found.texts.append(words)
    elif part.media_type not in _SEALS:
        _attach(part, found)


def _choose(part: Part, found: _Found) -> None:
    """Of several forms of the same words the plain one, of several plain ones the first; whatever else lies there comes along."""
    forms = [one for one in _leaves(part) if _is_words(one) and not _is_file(one)]
    said = ""
    for one in sorted(forms, key=lambda leaf: leaf.media_type == "text/html"):
        said = said or _words(one, found)
    if said:
        found.texts.append(said)
    for one in _leaves(part):
        if one not in forms and one.media_type not in _SEALS and not one.media_type.startswith("multipart/"):
            _attach(one, found)


def _leaves(part: Part) -> Iterator[Part]:
    for one in part.parts:
        yield from _leaves(one) if one.parts else (one,)


def _is_words(part: Part) -> bool:
    return part.media_type in ("text/plain", "text/html", "text/enriched", "text/markdown")


def _is_file(part: Part) -> bool:
    return part.disposition[0] == "attachment" or bool(_file_name(part))


def _file_name(part: Part) -> str:
    return part.disposition[1].get("filename", "") or part.parameters.get("name", "")


def _words(part: Part, found: _Found) -> str:
    content = part.content
    most = MOST_MARKUP * 4
    text = read_text(content[:most], part.parameters.get("charset", ""))
    found.is_cut = found.is_cut or len(content) > most
    if part.media_type == "text/html":
        text, is_whole = read_markup(text)
        found.is_cut = found.is_cut or not is_whole
    elif part.parameters.get("format", "").lower() == "flowed":
        text = _flowed(text[:MOST_MARKUP], part.parameters.get("delsp", "").lower() == "yes")
    words = tidy_text(text[:MOST_MARKUP])
    return "" if says_nothing(words) else words


def _flowed(text: str, is_joined_bare: bool) -> str:
    """Lines that a program broke put together again (RFC 3676)."""
    lines: list[list[str]] = []
    last_depth, goes_on = -1, False
    for line in text.replace("\r\n", "\n").split("\n"):
        bare = line.lstrip(">")
        depth = len(line) - len(bare)
        bare = bare.removeprefix(" ")
        if goes_on and depth == last_depth and bare != "-- ":
            lines[-1].append(bare)
        else:
            lines.append([">" * depth + (" " if depth else ""), bare])
        goes_on, last_depth = bare.endswith(" ") and bare != "-- ", depth
        if goes_on and is_joined_bare:
            lines[-1][-1] = bare[:-1]
    return "\n".join("".join(pieces) for pieces in lines)


def _attach(part: Part, found: _Found) -> None:
    is_message = part.media_type == "message/rfc822"
    content = part.data[part.start : part.end] if is_message and not part.header("content-transfer-encoding").lower().startswith(("base64", "quoted")) else part.content
    if not content:
        return
    name = tidy_line(read_words(_file_name(part)[:_LONGEST_HEADER]), 200)
    if not name and is_message:
        name = _name_of_message(content)
    if not name:
        ending = _ENDINGS.get(part.media_type, "")
        name = f"{part.media_type.partition('/')[0]}-{len(found.attachments) + 1}{'.' if ending else ''}{ending}"
    found.attachments.append(Attachment(clean_name(name), part.media_type[:120], content))


def _name_of_message(content: bytes) -> str:
    try:
        subject = read_parts(content[:_LONGEST_HEADER]).header("subject")
    except Refused:
        return ""
    said = tidy_line(read_words(subject).replace("/", " ").replace("\\", " "), 150)
    return f"{said}.eml" if said else ""
