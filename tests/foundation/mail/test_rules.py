from __future__ import annotations

from datetime import UTC, datetime
from email import message_from_bytes, policy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wonward.foundation.mail.rules import (
    clean_address,
    clean_subject,
    message_id,
    read_server_url,
    site_domain,
)
from wonward.foundation.mail.transport import build_message
from wonward.foundation.mail.types import Letter
from wonward.kernel.errors import Refused

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("ada@example.com", "ada@example.com"),
        (" Ada.L+crm@Example.COM ", "Ada.L+crm@example.com"),
        ("ada@müller.de", "ada@xn--mller-kva.de"),
        ("root@localhost", "root@localhost"),
    ],
)
def test_addresses_are_written_one_way(written, sent):
    assert clean_address(written) == sent


@pytest.mark.parametrize(
    "address",
    [
        "", "@", "ada", "ada@", "@example.com", "<", "a b@example.com", "a@b@c", "ada@example..com", "ada@-x.com",
        "ada@example.com\r\nBcc: eve@example.com", "Ada <ada@example.com>", "ada@example.com,eve@example.com",
        '"a\r\n"@example.com', "a" * 65 + "@example.com", "ada@" + "x" * 5000, "ada@" + "ü" * 300, ".ada@example.com", "ada\x00@example.com", "a=?utf-8?q?=0A?=@example.com",
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused_in_one_clear_line(address):
    with pytest.raises(Refused, match="is not an e-mail address") as refusal:
        clean_address(address)
    assert "\n" not in refusal.value.message
    assert refusal.value.errors[0].field == "to"


@given(st.text(max_size=300))
def test_any_text_is_an_address_or_a_refusal(text):
    try:
        address = clean_address(text)
    except Refused:
        return
    assert address.isascii()
    assert address.isprintable()


@given(subject=st.text(max_size=300), text=st.text(st.characters(exclude_categories=["Cs"]), max_size=300))
def test_no_subject_and_no_text_can_add_a_header(subject, text):
    letter = Letter(7, "ada@example.com", "sam@example.com", clean_subject(subject), text, "<p>x</p>", NOW)
    read = message_from_bytes(build_message(letter, "crm@example.com").as_bytes(), policy=policy.default)
    assert sorted(read.keys()) == sorted(
        [
            "From",
            "To",
            "Reply-To",
            "Subject",
            "Date",
            "Message-ID",
            "Auto-Submitted",
            "MIME-Version",
            "Content-Type",
        ]
    )


@pytest.mark.parametrize("field", ["subject", "to", "reply_to"])
def test_even_a_letter_that_was_not_cleaned_cannot_carry_a_line_break(settings, field):
    parts = {
        "to": "ada@example.com",
        "reply_to": "",
        "subject": "x",
        field: "a@example.com\r\nBcc: eve@example.com",
    }
    letter = Letter(id=7, text="x", html="", written_at=NOW, **parts)
    with pytest.raises(ValueError, match="(?i)linefeed|newline|cr|invalid"):
        build_message(letter, "crm@example.com")


@pytest.mark.parametrize("clean", [clean_subject, str], ids=["as it is queued", "as an older version queued it"])
def test_a_line_end_hidden_in_an_encoded_word_ends_no_line(clean):
    words = "Offer=?utf-8?q?=0D=0ABcc=3A_eve=40example=2Ecom=0A=0AHello?= =?utf-8?b?DQpDYzogZXZlQGV4YW1wbGUuY29t?="
    letter = Letter(7, "ada@example.com", "", clean(words), "Words", "", NOW)
    read = message_from_bytes(build_message(letter, "crm@example.com").as_bytes(), policy=policy.default)
    assert {"Bcc", "Cc"} & {*read.keys()} == set()
    assert (read["To"], read.get_content().strip()) == ("ada@example.com", "Words")
    assert "eve" in read["Subject"]
    assert 190 < len(clean_subject("=?" * 300)) <= 200


def test_a_subject_is_one_line_of_bearable_length():
    assert clean_subject("Offer\r\nBcc: eve@example.com\t!") == "Offer Bcc: eve@example.com !"
    assert clean_subject("\u202e \n") == "(no subject)"
    assert len(clean_subject("x" * 999)) == 200


def test_the_message_id_stays_and_cannot_be_guessed():
    assert message_id(7, "secret", "example.com") == message_id(7, "secret", "example.com")
    assert len({message_id(key, secret, "example.com") for key in (7, 8) for secret in ("a", "b")}) == 4


def test_a_server_is_read_from_its_url():
    server = read_server_url(
        "smtp://me%40example.com:p%3Aw@mail.example.com?tls=1", "https://crm.example.com"
    )
    assert (server.host, server.port, server.user, server.password) == (
        "mail.example.com",
        587,
        "me@example.com",
        "p:w",
    )
    assert (server.security, server.sender) == ("starttls", "me@example.com")
    assert read_server_url("smtps://mail.example.com", "https://crm.example.com").port == 465
    assert (
        read_server_url("smtp://127.0.0.1:2525", "https://crm.example.com").sender
        == "wonward@crm.example.com"
    )
    assert read_server_url("smtp://localhost?from=a@b.c", "").sender == "a@b.c"


@pytest.mark.parametrize(
    ("url", "complaint"),
    [
        ("http://mail.example.com", "must look like smtp"),
        ("smtp://", "must look like smtp"),
        ("smtp://u:p@mail.example.com:25", "no encryption"),
        ("smtp://mail.example.com:99999", "WONWARD_SMTP_URL"),
        ("smtp://mail.example.com?from=nobody", "not an e-mail address"),
    ],
)
def test_an_unusable_server_is_named(url, complaint):
    with pytest.raises(ValueError, match=complaint):
        read_server_url(url, "https://crm.example.com")


@pytest.mark.parametrize(
    ("url", "domain"),
    [("http://127.0.0.1:8000", "127.0.0.1"), ("", "localhost"), ("http://[::1]:8000", "localhost")],
)
def test_every_site_has_a_mail_domain(url, domain):
    assert site_domain(url) == domain
