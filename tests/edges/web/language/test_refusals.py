"""Whoever reads German is refused in German: on screens, by programs and in what an import says of a file."""

from __future__ import annotations

import pickle
from copy import deepcopy
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation
from tools.messages import LOCALES, read, said_below, translations, unsayable

from tests.edges.api.client import Api
from tests.words import collected_words
from wonward.foundation.access.models import User
from wonward.kernel.errors import FieldError, NotFound, Refused
from wonward.kernel.wording import heard, heard_within, joined, worded

FILE = b"Company name,Tier,Employees\nNorthwind,Q,many\n,A,3\n"


@pytest.fixture
def german(cast: Any) -> Any:
    """The seller, who reads German."""
    User.objects.filter(pk=cast.seller.user_id).update(language="de")
    return cast.seller


def test_every_refusal_can_be_said_in_another_language():
    assert list(unsayable()) == [], "Word a refusal as worded(template, name=value), not out of pieces."


def test_german_says_every_refusal():
    german = read(LOCALES / "de" / "LC_MESSAGES" / "django.po")
    known = {message.id for message in collected_words()}
    missing = [text for text in dict.fromkeys(said_below()) if (found := german.get(text)) is None or not all(translations(found))]
    assert missing == [], "Run tools/messages.py update and translate."
    assert set(said_below()) <= known


@translation.override("en")
def test_a_sentence_is_english_until_somebody_hears_it_in_german():
    refused = Refused.field("name", worded("There already is a service “{name}”.", name="SEO {raw}"))
    assert str(refused) == "There already is a service “SEO {raw}”."
    with translation.override("de"):
        assert (refused.message, refused.errors[0].message) == ("Eine Leistung „SEO {raw}“ gibt es schon.",) * 2
        assert NotFound("deal", 7).message == "Deal 7 ist hier nicht zu finden."
        assert str(refused) == "There already is a service “SEO {raw}”."
    assert refused.message == "There already is a service “SEO {raw}”."
    assert refused.errors == (FieldError("name", "There already is a service “SEO {raw}”."),)


def test_a_sentence_in_a_sentence_is_translated_and_what_people_wrote_is_not():
    whole = worded("Before this deal can be won: {errors}", errors=joined(["Set the kickoff date.", worded("Fill in “{label}”.", label="open")]))
    with translation.override("de"):
        assert heard(whole) == "Bevor dieser Deal gewonnen werden kann: Setzen Sie den Tag des Kickoffs. Füllen Sie „open“ aus."
        assert heard_within({"kept": [whole, "open", 3]}) == {"kept": [heard(whole), "open", 3]}
    assert pickle.loads(pickle.dumps(whole)).template == deepcopy(whole).template == whole.template


def test_a_german_seller_reads_on_the_screen_why_not(german, sale, sign_in):
    client = sign_in(german)
    answer = client.post(f"/deals/{sale.deal_id}/stage/", {"stage_id": "424242"})
    assert answer.status_code == 422
    assert "Eine Stufe 424242 gibt es nicht." in answer.content.decode()


def test_a_program_is_refused_in_the_language_it_asks_for_or_that_of_its_owner(german, cast, sale):
    path, wrong = f"/deals/{sale.deal_id}", {"stage_id": 424242}
    ours, theirs = Api(german), Api(cast.owner)
    version = ours.get(path)[1]["version"]
    said = [
        ours.patch(path, wrong, If_Match=f'"{version}"'), ours.patch(path, wrong, If_Match=f'"{version}"', Accept_Language="en"),
        theirs.patch(path, wrong, If_Match=f'"{version}"'), theirs.patch(path, wrong, If_Match=f'"{version}"', Accept_Language="de-AT, de"),
    ]
    assert [status for status, _ in said] == [422] * 4, said
    assert [one["errors"][0]["message"] for _, one in said] == [
        "Eine Stufe 424242 gibt es nicht.", "There is no stage 424242.", "There is no stage 424242.", "Eine Stufe 424242 gibt es nicht.",
    ]
    assert [one["errors"][0]["field"] for _, one in said] == ["stage_id"] * 4


def test_an_import_says_in_german_what_it_leaves_out(german):
    status, staged = Api(german).upload("/imports", {"file": SimpleUploadedFile("companies.csv", FILE), "kind": "companies"})
    assert status == 201
    said = " ".join(group["message"] for group in staged["problems"])
    assert "Zeile 3 hat keinen Namen." in said
    assert "Zeile 2: „Q“ ist keine Kundenklasse; sie blieb leer." in said
    assert "„many“ ist keine Zahl. Es blieb leer." in said
