from __future__ import annotations

import time
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.journeys.imports.shared import shared_folder
from wonward.foundation.mail.reading import LONGEST_TEXT, ReceivedEmail, read_email
from wonward.foundation.mail.reading.headers import read_instant, read_mailboxes, read_parameters, read_words
from wonward.kernel.errors import Refused

LIMIT = 64 * 1024 * 1024
SHARED = shared_folder() / "data/comms/cpython-email"
CORPUS = sorted((Path(__file__).parents[2] / "hardening" / "corpus").glob("*.eml"))
HEAD = b"From: Ada <ada@client.test>\r\nTo: sales@house.test\r\nDate: Mon, 2 Mar 2026 10:00:00 +0100\r\n"


def _read(data: bytes) -> ReceivedEmail:
    return read_email(data, limit_bytes=LIMIT)


def _kept(name: str) -> ReceivedEmail:
    return _read(next(path for path in CORPUS if path.name == name).read_bytes())


def test_a_reply_is_read_with_its_people_moment_new_words_and_file():
    email = _kept("reply.eml")
    assert email.message_id == "reply@client.test"
    assert email.earlier_ids == ("first@house.test", "zero@house.test")
    assert (email.sender.name, email.sender.address) == ("Ada", "ada@client.test")
    assert [one.address for one in email.recipients] == ["sales@house.test"]
    assert email.sent_at == datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
    assert email.subject == "Re: Angebot für 42 Vorlagen"
    assert email.words == "Grüße, wir nehmen es."
    assert "> Hier ist das Angebot." in email.text
    (file,) = email.attachments
    assert (file.name, file.media_type, file.content) == ("Plan €.pdf", "application/pdf", b"%PDF-1.4\n%%EOF\n")
    assert not email.is_automatic
    assert email.remarks == ()


def test_broken_heads_name_nobody_and_nothing():
    email = _kept("from_bracket.eml")
    assert email.sender is None or email.sender.address == ""
    assert all(one.address == "" for one in email.recipients)
    assert email.sent_at is None
    assert email.message_id == ""
    assert email.words == "x"


@pytest.mark.parametrize(("name", "words"), [
    ("header_without_end.eml", "longer than 256 kB"), ("many_parts.eml", "more than 500 parts"), ("boundaries_in_boundaries.eml", "parts inside one another"),
    ("many_addresses.eml", "more than 500 addresses"), ("no_email.eml", "not an e-mail"),
])
def test_more_than_an_e_mail_has_is_refused_by_name(name, words):
    with pytest.raises(Refused, match=words):
        _kept(name)


def test_an_e_mail_larger_than_a_file_may_be_is_refused():
    with pytest.raises(Refused, match="larger than 1 kB"):
        read_email(HEAD + b"\r\n" + b"x" * 2000, limit_bytes=1024)


@pytest.mark.parametrize(("data", "words"), [
    (HEAD + b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b x\n" * 200_000, "too often"),
    (HEAD + b"Content-Type: multipart/mixed; boundary=b\n\n" + (b"--b\n" + b"a:\n" * 1000 + b"\n") * 100, "20,000 lines of headers"),
])
def test_what_would_take_long_to_tell_apart_is_refused(data, words):
    with pytest.raises(Refused, match=words):
        _read(data)


def test_of_many_long_texts_only_so_much_is_looked_at():
    page = b"--b\nContent-Type: text/html\n\n" + b"<b>x</b>" * 100_000 + b"\n"
    email = _read(HEAD + b"Content-Type: multipart/mixed; boundary=b\n\n" + page * 8 + b"--b--\n")
    assert len(email.words) <= LONGEST_TEXT
    assert "beginning" in email.remarks[0]


def test_names_of_files_lead_nowhere():
    names = [one.name for one in _kept("names_that_lead_elsewhere.eml").attachments]
    assert names[0] == "passwd"
    assert all("/" not in name and "\\" not in name and "\x00" not in name and len(name) <= 200 for name in names)
    assert len(names) == 4


def test_marks_nobody_sees_are_gone():
    email = _kept("nul_and_surrogates.eml")
    said = email.subject + email.words + "".join(one.name for one in email.attachments)
    assert not set(said) & set("\x00\x1b\u202e\u2066\ud800")
    assert email.words.startswith("onetwo")


@pytest.mark.parametrize("date", ["Thu, 31 Feb 99999999 25:61:61 +9999", "yesterday", "1 Jan 1850 00:00:00 +0000", "Mon, 1 Jan 2200 00:00:00 +0000", "\x00", "Mon"])
def test_a_date_that_is_none_is_told(date):
    email = _read(f"From: a@b.test\nDate: {date}\n\nx\n".encode())
    assert email.sent_at is None
    assert len(email.remarks) == 1
    assert "taken in" in email.remarks[0]


def test_without_a_date_the_last_machine_on_its_way_tells_the_moment():
    email = _read(b"Received: from x by y with ESMTP;\n Mon, 2 Mar 2026 10:00:00 +0100\nFrom: a@b.test\n\nx\n")
    assert email.sent_at == datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
    assert email.remarks == ()


def test_a_page_alone_is_read_as_words_without_what_runs_or_hides():
    email = _kept("hostile_page.eml")
    assert email.words == "Seen"


def test_of_two_forms_the_plain_one_is_read_and_an_empty_plain_one_is_not():
    both = EmailMessage()
    both["From"] = "a@b.test"
    both.set_content("Plain words")
    both.add_alternative("<p>Page words</p>", subtype="html")
    assert _read(both.as_bytes()).words == "Plain words"
    empty = EmailMessage()
    empty["From"] = "a@b.test"
    empty.set_content("  \n")
    empty.add_alternative("<p>Page words</p>", subtype="html")
    assert _read(empty.as_bytes()).words == "Page words"


def test_what_lies_beside_a_form_is_not_lost():
    inner = b"--i\nContent-Type: text/html\n\n<p>Page</p>\n--i\nContent-Type: application/pdf; name=a.pdf\n\n%PDF-1\n--i--\n"
    data = HEAD + b"Content-Type: multipart/alternative; boundary=o\n\n--o\n\nPlain\n--o\nContent-Type: multipart/mixed; boundary=i\n\n" + inner + b"--o--\n"
    email = _read(data)
    assert email.words == "Plain"
    assert [one.name for one in email.attachments] == ["a.pdf"]


def test_a_forwarded_e_mail_comes_back_byte_for_byte_under_its_subject():
    inner = b"From: x@y.test\r\nSubject: Plan / B\r\n\r\n\xff\x00 as it came\r\n"
    data = HEAD + b"Content-Type: multipart/mixed; boundary=o\r\n\r\n--o\r\n\r\nSee below\r\n--o\r\nContent-Type: message/rfc822\r\n\r\n" + inner + b"\r\n--o--\r\n"
    (file,) = _read(data).attachments
    assert file.content == inner
    assert file.name == "Plan B.eml"
    assert file.media_type == "message/rfc822"


@pytest.mark.parametrize("header", [
    "Auto-Submitted: auto-replied", "Auto-Submitted: auto-generated; x=y", "Precedence: bulk", "X-Autoreply: yes", "Return-Path: <>",
    "Content-Type: multipart/report; report-type=delivery-status; boundary=b",
])
def test_what_a_machine_wrote_is_known(header):
    assert _read(f"From: a@b.test\n{header}\n\nx\n".encode()).is_automatic


@pytest.mark.parametrize("header", ["Auto-Submitted: no", "Precedence: list", "Return-Path: <a@b.test>"])
def test_what_people_wrote_is_not_automatic(header):
    assert not _read(f"From: a@b.test\n{header}\n\nx\n".encode()).is_automatic


def test_lines_that_a_program_broke_are_put_together():
    email = _read(HEAD + b"Content-Type: text/plain; format=flowed\n\nOne sentence \ngoes on.\n>quoted \n>too\n\n-- \nAda\n")
    assert email.text.startswith("One sentence goes on.\n> quoted too")
    assert email.words == "One sentence goes on."


def test_very_long_words_are_cut_and_it_is_said():
    email = _read(HEAD + b"\r\n" + b"word " * 60_000)
    assert len(email.words) <= LONGEST_TEXT
    assert "beginning" in email.remarks[0]


@pytest.mark.parametrize(("raw", "found"), [
    ("Ada <ada@x.test>", [("Ada", "ada@x.test")]),
    ("ada@x.test (Ada L.)", [("Ada L.", "ada@x.test")]),
    ('"Lovelace, Ada" <ADA@x.test>, b@y.test', [("Lovelace, Ada", "ada@x.test"), ("", "b@y.test")]),
    ("=?utf-8?q?M=C3=BCller=2C_J?= <m@x.test>; c@z.test", [("Müller, J", "m@x.test"), ("", "c@z.test")]),
    ("Team: a@x.test, B <b@x.test>;, c@x.test", [("", "a@x.test"), ("B", "b@x.test"), ("", "c@x.test")]),
    ("undisclosed-recipients:;", []),
    ("foo", [("foo", "")]),
    ("<@relay.test:a@x.test>", [("", "a@x.test")]),
    ('"Broken <a@x.test>, b@x.test', [('"Broken', "a@x.test"), ("", "b@x.test")]),
    ("<", []), ("", []), (",;,<>", []),
])
def test_people_of_a_header(raw, found):
    assert [(one.name, one.address) for one in read_mailboxes(raw)] == found


@pytest.mark.parametrize(("raw", "words"), [
    ("=?utf-8?q?caf=C3?= =?utf-8?q?=A9_now?=", "café now"), ("a =?iso-8859-1?Q?=E4?= b", "a ä b"), ("=?utf-8*de?b?w6Q=?=", "ä"),
    ("=?broken", "=?broken"), ("=?utf-8?q?a?==?utf-8?q?b?=", "ab"), ("plain", "plain"), ("=?x?b?????=", "=?x?b?????="),
])
def test_encoded_words(raw, words):
    assert read_words(raw) == words


def test_parameters_in_all_their_forms():
    assert read_parameters('Text/Plain; charset="utf-8"; x=1') == ("text/plain", {"charset": "utf-8", "x": "1"})
    assert read_parameters("a/b; name*0*=utf-8''a%20; name*1=b; name*2*=%C3%A4")[1] == {"name": "a bä"}
    assert read_parameters('a/b; name="a;b\\"c"')[1] == {"name": 'a;b"c'}
    assert read_parameters("")[0] == ""


@pytest.mark.long
@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.name)
def test_the_kept_e_mails_take_no_more_time_than_their_length_asks_for(path):
    """Eight times the bytes may take at most thirty times as long: a reader that looks at everything again for each line takes sixty-four times."""
    data = path.read_bytes()
    head, _, body = data.partition(b"\n\n")
    small, large = _seconds(head + b"\n\n" + body * 20), _seconds(head + b"\n\n" + body * 160)
    assert large < max(small, 0.01) * 30


def _seconds(data: bytes) -> float:
    start = time.process_time()
    try:
        _read(data)
    except Refused:
        pass
    return time.process_time() - start


@given(st.binary(max_size=3000))
@example(b"From: <")
@example(b"From: a\nContent-Type: multipart/mixed; boundary=\n\n--\n")
@example(b"Subject: \xed\xa0\x80\n")
def test_any_bytes_are_an_e_mail_or_refused_with_a_sentence(data):
    _is_read_or_refused(data)
    _is_read_or_refused(b"From: a@b.test\n" + data)


_PIECES = st.sampled_from([
    b"From: ", b"To: ", b"Subject: ", b"Date: ", b"Content-Type: ", b"Content-Transfer-Encoding: base64", b"Content-Disposition: attachment; filename=", b"\n", b"\r\n",
    b"\n\n", b" ", b"\t", b"<", b">", b'"', b"(", b")", b"\\", b",", b";", b":", b"=", b"=?utf-8?q?", b"?=", b"=?x?b?", b"multipart/mixed; boundary=b", b"--b", b"--b--", b"text/html",
    b"text/plain; charset=", b"utf-7", b"idna", b"message/rfc822", b"<a@b.test>", b"> ", b"On 1 wrote:", b"\x00", b"\xff", b"\xed\xa0\x80", b"<div style=display:none>", b"<pre>", b"</pre>",
    b"<!--", b"-->", b"&#xD800;", b"&#99999999999;", b"name*0*=", b"name*1=", b"''", b"%", b"-- ", b"From: a@b.test\n",
])


@settings(max_examples=300)
@given(st.lists(_PIECES, max_size=60))
def test_any_pieces_of_e_mails_are_an_e_mail_or_refused_with_a_sentence(pieces):
    _is_read_or_refused(b"From: a@b.test\n" + b"".join(pieces))


def _read_or_told(data: bytes) -> tuple[ReceivedEmail | None, str]:
    try:
        return _read(data), ""
    except Refused as refusal:
        return None, refusal.message


def _is_read_or_refused(data: bytes) -> None:
    email, told = _read_or_told(data)
    if email is None:
        assert told.endswith(".")
        return
    said = [email.subject, email.text, email.words, email.message_id, *(one.name for one in email.attachments)]
    said += [text for one in (email.sender, *email.recipients) if one for text in (one.name, one.address)]
    for text in said:
        text.encode("utf-8")
        assert not set(text) & set("\x00\u202e\r")
    assert len(email.subject) <= 300
    assert email.sent_at is None or (email.sent_at.tzinfo is not None and 1900 <= email.sent_at.year < 2200)
    assert all(file.name and len(file.name) <= 200 and file.content for file in email.attachments)


_WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=30)
_LINES = st.lists(_WORDS.filter(lambda text: text[0] not in ">|-" and ":" not in text), min_size=1, max_size=5)


@given(subject=_WORDS, lines=_LINES, file_name=st.from_regex(r"[a-z]{1,20}\.[a-z]{1,4}", fullmatch=True), content=st.binary(min_size=1, max_size=200),
       moment=st.datetimes(datetime(1901, 1, 1), datetime(2199, 1, 1), timezones=st.just(UTC)), charset=st.sampled_from(["utf-8", "gb18030"]))
def test_an_e_mail_built_by_the_standard_library_is_read_as_it_was_meant(subject, lines, file_name, content, moment, charset):
    message = EmailMessage()
    message["Subject"] = subject
    message["From"] = "ada@client.test"
    message["Date"] = format_datetime(moment)
    message["Message-ID"] = "<1@client.test>"
    message.set_content("\n".join(lines), charset=charset, cte="base64")
    message.add_attachment(content, maintype="application", subtype="octet-stream", filename=file_name)
    email = _read(message.as_bytes())
    assert email.subject == subject
    assert email.text.split("\n") == lines
    assert email.sent_at == moment.replace(microsecond=0)
    assert [(one.name, one.content) for one in email.attachments] == [(file_name, content)]


@given(st.text(max_size=80))
def test_any_text_is_an_instant_or_none(text):
    found = read_instant(text)
    assert found is None or 1900 <= found.year < 2200


@pytest.mark.skipif(not SHARED.is_dir(), reason="the 48 e-mails of CPython's tests are not here")
def test_the_e_mails_of_cpython_are_all_read_or_refused_with_a_sentence():
    paths = sorted(SHARED.glob("*.txt"))
    assert len(paths) == 48
    told = [_read_or_told(path.read_bytes()) for path in paths]
    assert all(sentence.endswith(".") for email, sentence in told if email is None)
    assert sum(email is None for email, _ in told) == 6
