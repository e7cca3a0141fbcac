"""What a brief hides and what it reads as forbidden: amounts in whatever writing, and "do not" in English and German."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wonward.journeys.handoff.rules.forbidding import is_do_not
from wonward.journeys.promises.rules.amounts import hide_amounts

AMOUNTS = [
    "EUR 84,000", "84.000 €", "€84k", "$1.5M", "USD 12 000", "12’000 CHF", "500 euros", "50 Euro", "84.000,- €", "1,2 Mio. EUR",
    "84 000 EUR", "EUR 84k", "84\u00a0000\u202f\u20ac", "84.000,-- EUR", "Fr. 84'000.–", "84'000.- Fr.", "kr 5000", "5 000 kr",
    "500 zł", "£1.2 million", "1.2 million pounds", "80–90k €", "EUR 80,000-90,000", "between 80,000 and 90,000 EUR",
    "€80k to €90k", "84 TEUR", "T€ 84", "84 kEUR", "US$ 12", "12 US-Dollar", "84 Schweizer Franken", "84,000 (EUR)",
    "EUR: 84,000", "50 EURO", "eur 84", "84EUR", "EUR84", "84-euro", "1.234.567,89 EUR", "¥ 500", "12 Mio. Euro", "2 Mrd. EUR",
    "84 Tsd. Euro", "EUR 1 234 567.89", "150 €/h", "€150/h", "84.000,–€", "84 000,00 EUR", "5 cents",
]
SAID_BESIDE_MONEY = [
    "a budget of 84,000 for it", "Budget: 84.000", "The price is 12,500 net", "It costs 500.", "fee of 84,000",
    "the price is not more than 84,000", "84,000 net", "84.000 netto", "Preis von 84.000", "Das Budget liegt bei rund 84.000",
    "budget (84,000)", "Der Festpreis beträgt 84000", "budget of 2000", "costs 50 per page", "a 84k budget", "we pay 12.50 each",
    "Auftragswert 84.000", "sold for 84,000", "Kosten: 1.2 Mio.", "budget 80,000 to 90,000",
]
NO_AMOUNTS = [
    "42 templates", "1,100 pages by 19 March", "Room 5", "24 h", "by 2027-03-19", "19 March 2027 and then", "on 19.03.2027",
    "price list of 12 pages", "a budget of 40 hours", "budget 2027", "the budget for 2027", "cost of 12 templates",
    "2 million visitors", "ISO 9001", "ALL 5 pages", "12 pages", "budget of 1,200 hours", "10:30", "invoice on 19 March",
    "pay by 19.03.2027", "3 invoices", "2 payments", "discount of 10%", "pay within 14 days", "pages 3 and 4", "12 months",
    "Q2 2027", "the price by 19 March", "90 minutes", "30 Seiten", "cost 2 weeks", "phase 2", "level 3", "not before 10:00",
    "the value of page 3", "Finished by 19 March 2027", "3 m wide", "no 5", "May 2027", "A4", "the 2 francophone sites",
]
FORBIDS = [
    "She does not take calls", "The board doesn't want mails", "Do not call before ten", "Don't mail her", "Don’t mail her",
    "dont phone", "Never call the board", "No phone calls on Fridays", "No calls", "Avoid mail", "Avoids meetings",
    "She cannot be mailed", "Can't be called", "He is not to be contacted", "Must not be quoted", "You mustn't name the price",
    "No weekend work", "Nothing before ten", "Without his approval nothing goes live", "Please refrain from calling",
    "Calling her at home is forbidden", "The board is off limits", "E-mails are a no-go", "Not before 10:00", "Not after 17:00",
    "Nobody speaks to the press", "No problem with calls, but not on Fridays", "Neither mail nor phone", "Stop sending drafts",
    "Changes are prohibited in December", "We won't accept night work", "No changes after approval", "Bitte nicht anrufen",
    "Keine Anrufe am Freitag", "Kein Kontakt zum Vorstand", "Nie vor 10 Uhr", "Niemals den Vorstand anschreiben",
    "Ohne Freigabe geht nichts live", "E-Mails vermeiden", "Vermeidet Telefonate", "Anrufe sind unerwünscht",
    "Bitte von Anrufen absehen", "Der Vorstand ist tabu", "Keinesfalls ohne Rücksprache veröffentlichen",
    "Nichts vor zehn Uhr schicken", "Weder Telefon noch Mail", "Das ist verboten",
    "Nicht nur freitags, auch montags keine Anrufe", "Es darf niemand vor Ort sein", "Keinen Newsletter schicken",
    "Mit keinem Dritten sprechen", "No e-mails please",
]
FORBIDS_NOTHING = [
    "The trade fair does not move", "It doesn't move", "They have not decided", "No problem", "Calls are no problem",
    "Not only mail, phone too", "Prefers calls, not only mail", "She does not mind calls", "Please don't hesitate to call",
    "No worries about dates", "No preference", "There is no hurry", "No. 5 in the list is hers", "Call her at No. 12",
    "It is not urgent", "A call is never a problem", "Decides without delay", "Knows everything, note the notice period",
    "Send a note", "Nothing special", "The north wing is hers", "Mail before ten", "Calls after 14:00 only", "Prefers e-mail",
    "Another notebook is fine", "Whether or not it rains", "No doubt she decides", "He can't wait to start", "Not yet decided",
    "Keine Eile", "Kein Problem mit Anrufen", "Nicht nur per Mail, auch per Telefon", "Ohne Weiteres am Abend",
    "Das ist nicht wichtig", "Keine Präferenz", "Ohnehin am liebsten per Mail", "Sie entscheidet ohne Zweifel",
    "Nieder mit langen Mails", "Anrufe am Vormittag", "Noch nicht bekannt", "Keine Einwände", "Mag kurze Notizen",
    "Das macht nichts", "Notes go to Hanne, no matter when", "None", "No",
]

DIGITS = st.integers(1, 999)
GROUPED = st.builds(
    lambda head, tail, mark: mark.join([str(head), *(f"{one:03}" for one in tail)]), DIGITS, st.lists(st.integers(0, 999), max_size=2),
    st.sampled_from([",", ".", " ", "\u00a0", "\u202f", "'", "’"]),
)
NUMBERS = st.builds("".join, st.tuples(GROUPED | DIGITS.map(str) | st.integers(1000, 99_999_999).map(str), st.sampled_from(["", "", ",50", ".50", ",-", ".-", ",–", ",00"])))
SCALES = st.sampled_from(["", "", "k", " k", "K", " Mio.", " Mio", " million", " Tsd.", " thousand", "m"])
MONEY = st.sampled_from(["EUR", "€", "Euro", "euros", "EURO", "USD", "$", "US$", "dollars", "GBP", "£", "pounds", "CHF", "Fr.", "Franken", "kr", "zł", "SEK", "JPY"])
BETWEEN = st.sampled_from(["-", "–", " to ", " and ", " bis ", " - "])


@settings(max_examples=600, deadline=None)
@given(NUMBERS, SCALES, MONEY, st.booleans(), st.sampled_from(["", " ", "\u00a0"]), st.none() | st.tuples(BETWEEN, NUMBERS))
def test_no_digit_of_an_amount_is_left(number: str, scale: str, money: str, comes_first: bool, gap: str, more: tuple[str, str] | None) -> None:
    amount = f"{number}{scale}{''.join(more) + scale if more else ''}"
    written = f"{money}{gap}{amount}" if comes_first else f"{amount}{gap}{money}"
    hidden = hide_amounts(f"By then {written} are due, after lunch.")
    assert not any(character.isdigit() for character in hidden), written
    assert hidden.startswith("By then […]")
    assert hidden.endswith("due, after lunch.")


@pytest.mark.parametrize("text", AMOUNTS)
def test_an_amount_is_hidden_however_it_is_written(text: str) -> None:
    assert not any(character.isdigit() for character in hide_amounts(f"It takes {text} in all"))


@pytest.mark.parametrize("text", SAID_BESIDE_MONEY)
def test_a_number_beside_a_word_for_money_is_an_amount_without_a_currency(text: str) -> None:
    assert not any(character.isdigit() for character in hide_amounts(text))


@pytest.mark.parametrize("text", NO_AMOUNTS)
def test_what_is_no_amount_stays(text: str) -> None:
    assert hide_amounts(text) == text


def test_a_date_beside_an_amount_stays() -> None:
    text = "Starts 19 March 2027 and costs 500 EUR, 12 pages at 84 000 EUR each until 2027-03-19"
    assert hide_amounts(text) == "Starts 19 March 2027 and costs […], 12 pages at […] each until 2027-03-19"


@pytest.mark.parametrize("text", ["9 " * 4000, "1,1." * 2500, "EUR " * 3000, "1 to " * 2500, "budget of " * 1500, "100 000 " * 1000])
def test_a_text_made_to_be_slow_comes_back(text: str) -> None:
    assert len(hide_amounts(text)) <= len(text)


@pytest.mark.parametrize("text", FORBIDS)
def test_a_sentence_that_forbids_is_a_do_not(text: str) -> None:
    assert is_do_not(text)


@pytest.mark.parametrize("text", FORBIDS_NOTHING)
def test_a_sentence_that_forbids_nothing_is_none(text: str) -> None:
    assert not is_do_not(text)
