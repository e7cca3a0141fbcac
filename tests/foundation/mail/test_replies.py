from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.journeys.imports.shared import shared_folder
from wonward.foundation.mail.reading import read_email
from wonward.foundation.mail.reading.charsets import tidy_text
from wonward.foundation.mail.reading.markup import MOST_MARKUP, read_markup
from wonward.foundation.mail.reading.replies import new_words

SHARED = shared_folder() / "data/comms/talon/tests/fixtures"
HISTORY = "> Hier ist das Angebot.\n> Viele Grüße"


@pytest.mark.parametrize("heading", [
    "On Mon, Mar 2, 2026 at 10:00 AM Ada Lovelace <ada@client.test> wrote:",
    "On Mon, Mar 2, 2026 at 10:00 AM Ada Lovelace\n<ada@client.test> wrote:",
    "Am 02.03.2026 um 10:00 schrieb Ada Lovelace:",
    "Am Mo., 2. März 2026 um 10:00 Uhr schrieb Ada Lovelace <\nada@client.test>:",
    "Le 2 mars 2026 à 10:00, Ada <ada@client.test> a écrit :",
    "El 2 mar 2026, a las 10:00, Ada <ada@client.test> escribió:",
    "-----Original Message-----", "-----Ursprüngliche Nachricht-----", "-------- Original-Nachricht --------",
    "Von: Ada Lovelace <ada@client.test>\nGesendet: Montag, 2. März 2026 10:00\nAn: Sales\nBetreff: Angebot\n",
    "________________________________\nFrom: Ada <ada@client.test>\nSent: Monday, March 2, 2026 10:00\nTo: Sales\nSubject: Offer\n",
    "**Von:** Ada <ada@client.test>\n**Gesendet:** Montag\n**An:** Sales\n**Betreff:** Angebot\n",
])
@pytest.mark.parametrize("history", [HISTORY, "Hier ist das Angebot."])
def test_the_former_e_mail_is_cut_off(heading, history):
    assert new_words(f"Ja, gern.\n\nMit freundlichen Grüßen\nBen\n\n{heading}\n{history}") == "Ja, gern.\n\nMit freundlichen Grüßen\nBen"


def test_answers_between_quotes_stay_with_the_quotes():
    text = "On 2 March 2026, Ada <a@x.test> wrote:\n> When?\nOn Friday.\n> Where?\nAt ours."
    assert new_words(text) == text
    greeted = f"Hello, see below.\n\n{text}"
    assert new_words(greeted) == greeted


def test_an_answer_below_the_quote_is_found():
    assert new_words("On 2 March 2026, Ada <a@x.test> wrote:\n> When?\n> Where?\n\nOn Friday, at ours.") == "On Friday, at ours."
    assert new_words("> When?\n\nOn Friday.") == "On Friday."


def test_signatures_and_what_telephones_add_are_cut_off():
    assert new_words("Yes.\n\n--\nAda Lovelace\n+44 1") == "Yes."
    assert new_words("Yes.\n\nSent from my iPhone") == "Yes."
    assert new_words("Ja.\n\nVon meinem iPhone gesendet") == "Ja."


def test_a_forward_keeps_what_it_forwards():
    text = "FYI\n\n---------- Forwarded message ---------\nFrom: Ada <a@x.test>\nDate: Mon\nSubject: Plan\nTo: Ben\n\nThe plan."
    assert new_words(text) == text
    outlook = "FYI\n\nVon: Ada\nGesendet: Montag\nAn: Ben\nBetreff: Plan\n\nDer Plan."
    assert new_words(outlook) == "FYI"
    assert new_words(outlook, is_forward=True) == outlook


@pytest.mark.parametrize("text", ["> only\n> quoted", "-----Original Message-----\nall of it", "--\nonly signed", "", "words"])
def test_never_is_nothing_left(text):
    assert new_words(text) == text


@pytest.mark.parametrize("text", [
    "Am Montag schrieb ich dir schon:\nbitte ruf an", "On the other hand we wrote a plan.", "From: the bottom of my heart\nThanks", "To do:\n- call\n- write", "An: alle\nHallo",
])
def test_sentences_that_look_like_headings_stay(text):
    assert new_words(text) == text


@given(st.text(alphabet="> -:\nOnwrteAm19@<x>_|*Von", max_size=400))
def test_any_text_has_new_words_that_stand_in_it(text):
    found = new_words(text)
    lines = text.split("\n")
    assert all(line in lines for line in found.split("\n"))


_HOSTILE = {
    "blanks": "a" + " " * 400, "ons": "On ", "on lines": "On \n", "quotes": "> x\n", "fields": "From: a\n", "am": "Am 1 <a@b> \n", "empty": "\n", "dashes": "-", "rules": "----\n",
    "dates": "1.1.2026 10:00 <", "wrote": "On 1 wrote\n",
}


@pytest.mark.long
@pytest.mark.parametrize("piece", _HOSTILE.values(), ids=_HOSTILE)
def test_the_time_to_cut_grows_with_the_length(piece):
    """Eight times the words in at most thirty times the time; looking at all of it for each line would be sixty-four."""
    small, large = (_seconds(lambda size=size: new_words((piece * (size // len(piece) + 1))[:size])) for size in (25_000, 200_000))
    assert large < max(small, 0.01) * 30


_MARKUP = {
    "tags": "<b>", "open": "<", "comments": "<!--", "quoted": "<a href=\"", "mixed": "<a b='\" c=\"'", "hidden": "<div hidden>", "lists": "<ul><li>x", "numbers": "&#9", "scripts": "<script",
    "closed": "</p>", "quotes": "<blockquote>x", "pre": "<pre>\n", "declared": "<![CDATA[", "named": "<div style=\"display:none\"></div>", "breaks": "<br>", "cells": "<td>x", "links": "<a href=https://x>y",
}


@pytest.mark.long
@pytest.mark.parametrize("piece", _MARKUP.values(), ids=_MARKUP)
def test_the_time_to_read_a_page_grows_with_its_length(piece):
    small, large = (_seconds(lambda size=size: read_markup((piece * (size // len(piece) + 1))[:size])) for size in (50_000, 400_000))
    assert large < max(small, 0.01) * 30


def _seconds(call) -> float:
    start = time.process_time()
    call()
    return time.process_time() - start


@pytest.mark.parametrize(("page", "text"), [
    ("<p>One</p><p>Two<br>lines</p>", "One\n\nTwo\nlines"),
    ("<ul><li>a</li><li>b<ul><li>c</li></ul></li></ul><ol><li>x<li>y</ol>", "- a\n- b\n  - c\n\n1. x\n2. y"),
    ("a<blockquote>said<br>before<blockquote>first</blockquote></blockquote>b", "a\n\n> said\n> before\n>\n> > first\n\nb"),
    ("<table><tr><td>Hours<td>12</tr><tr><th>Rate</th><td>90</td></tr></table>", "Hours  12\nRate  90"),
    ("<script>x</script>a<style>b</style><title>t</title><textarea>n</textarea>", "a"),
    ("<div style=\"color:red;display:none\">no <div>no</div></div>yes", "yes"),
    ("<p hidden>no</p>yes<!-- no -->", "yes"),
    ("see <a href=\"https://x.test/a?b=1&amp;c=2\">the plan</a> now", "see the plan <https://x.test/a?b=1&c=2> now"),
    ("<a href=\"https://x.test/\">x.test</a> <a href='javascript:alert(1)'>y</a>", "x.test y"),
    ("<pre>a\n  b\n\nc</pre>", "a\n  b\n\nc"),
    ("1 < 2 &amp; 3 &gt; 2 &nbsp; &#8364; &#xD800;&#99999999999;", "1 < 2 & 3 > 2 € \ufffd\ufffd"),
    ("<div style=\"display:none\">all there is</div>", "all there is"),
    ("<p title=\"a > b\">c</p><p title=it's>d</p>", "c\n\nd"),
    ("", ""), ("<", "<"), ("<p", ""),
])
def test_pages_become_readable_text(page, text):
    assert tidy_text(read_markup(page)[0]) == text


@given(st.text(alphabet="<>/\"'=!-&#;ab1 \npreulihdn", max_size=300))
def test_any_page_becomes_text(page):
    text, is_whole = read_markup(page)
    assert isinstance(text, str)
    assert is_whole


def test_a_very_long_page_is_read_up_to_its_limit_and_it_is_said():
    assert read_markup("x" * (MOST_MARKUP + 1)) == ("x" * MOST_MARKUP, False)


@pytest.mark.skipif(not SHARED.is_dir(), reason="the replies collected by Talon are not here")
def test_twenty_four_styles_of_reply_are_cut_where_they_should_be():
    said = {path.name: read_email(path.read_bytes(), limit_bytes=1_000_000).words for path in SHARED.rglob("*.eml")}
    said |= {path.name: new_words(tidy_text(read_markup(path.read_text(encoding="utf-8", errors="replace"))[0])) for path in SHARED.rglob("*.html")}
    assert len(said) == 24
    wrong = {name: words for name, words in said.items() if "\n".join(filter(None, words.split("\n"))) not in ("Hello", "Hi. I am fine.\nThanks,\nAlex", "Reply", "Hi\nthere\nBob")}
    assert set(wrong) == {"reply-quotations-share-block.eml"}
    assert wrong["reply-quotations-share-block.eml"].endswith("from you soon.\n\nJoe XXX")
