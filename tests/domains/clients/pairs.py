"""Pairs of records that are one, written differently, and of strangers that look alike; the same for the same seed."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

from wonward.domains.clients.rules.sameness import CompanySketch, ContactSketch

GIVEN = ["Anna", "Jan", "Jana", "Mara", "Sara", "Maria", "Marie", "Lukas", "Lucas", "Sophie", "Sofia", "Jürgen", "Björn", "Zoë", "François", "Hélène", "Miguel", "José", "Peter", "Petra", "Stefan", "Stephanie", "Katharina", "Christian", "Christine", "Wolfgang", "Søren", "Åsa", "Emil", "Emilia", "Oliver", "Olivia", "Thomas", "Tomasz", "Andrea", "Andreas", "Noor", "Aylin", "Mehmet", "Giulia", "Matteo", "Ingrid", "Sigrid", "Heike", "Silke", "Michael", "Michaela", "Robert", "Roberta", "Daniel", "Daniela"]
FAMILY = ["Müller", "Schmidt", "Schneider", "Weiß", "Köhler", "Größmann", "Hoffmann", "Jäger", "Krüger", "Brandt", "Klein", "Kleinert", "Halden", "Dahl", "Haddad", "Lindqvist", "Ødegård", "Nyström", "Bergström", "García", "Fernández", "Lefèvre", "Dubois", "Rossi", "Bianchi", "Kowalski", "Nowak", "Novák", "Svoboda", "Johansson", "Hansen", "Jensen", "Petersen", "Andersson", "Meyer", "Maier", "Bauer", "Vogel", "Zimmermann", "Schwarz", "Schulze", "Fischer", "Baumgartner", "Steinbach", "Rothschild", "Okafor", "Yilmaz", "O'Brien", "McAllister", "Thompson", "Wilkinson", "Fairbanks"]
HEADS = ["Northwind", "Halden", "Bergmann", "Lumen", "Kestrel", "Meridian", "Süderland", "Grünwerk", "Völker", "Aurora", "Cobalt", "Tangerine", "Ravensburg", "Öresund", "Helvetica", "Atlas", "Nordlicht", "Silverline", "Eichenhof", "Brightwater", "Castellan", "Delphinium", "Evergreen", "Falkenstein", "Greystone", "Hallmark", "Ironbridge", "Juniper", "Kingfisher", "Lighthouse", "Marlowe", "Nettlebed", "Ostermann", "Pemberton", "Quantock", "Rosenthal", "Steinmetz", "Thornbury", "Ullswater", "Vandermeer"]
TAILS = ["Robotics", "Logistics", "Foods", "Textiles", "Motors", "Bakery", "Pharma", "Optics", "Marine", "Energy", "Media", "Timber", "Ceramics", "Dental", "Aviation", "Breweries", "Furniture", "Instruments", "Packaging", "Publishing", "Insurance", "Analytics", "Chemicals", "Cycles", "Maschinenbau", "Verlag", "Möbel", "Brauerei"]
FORMS = ("GmbH", "AG", "Ltd", "Ltd.", "Inc.", "LLC", "GmbH & Co. KG", "S.A.", "S.r.l.", "B.V.", "AB", "A/S", "Oy", "Limited", "")
TOPS = ("de", "com", "co.uk", "net", "example", "se", "fr")


@dataclass(frozen=True, slots=True)
class Pair:
    """Two sketches, whether they are one, and how the second came about."""

    one: CompanySketch | ContactSketch
    other: CompanySketch | ContactSketch
    is_same: bool
    made_by: str


def spell(text: str) -> str:
    for letter, spelt in (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("Ö", "Oe"), ("ß", "ss"), ("é", "e"), ("è", "e"), ("ø", "o"),
                          ("å", "a"), ("ç", "c"), ("í", "i"), ("á", "a")):
        text = text.replace(letter, spelt)
    return text


def strip(text: str) -> str:
    for letter, spelt in (("ä", "a"), ("ö", "o"), ("ü", "u"), ("Ö", "O"), ("ß", "ss"), ("é", "e"), ("ø", "o"), ("å", "a")):
        text = text.replace(letter, spelt)
    return text


def slip(text: str, rng: random.Random) -> str:
    """One slip of the pen in the longest word: a swap, a letter lost, doubled or wrong."""
    words = text.split()
    at = max(range(len(words)), key=lambda index: len(words[index]))
    word = words[at]
    if len(word) < 5:
        return text
    place = rng.randrange(1, len(word) - 2)
    kind = rng.randrange(4)
    if kind == 0:
        word = word[:place] + word[place + 1] + word[place] + word[place + 2 :]
    elif kind == 1:
        word = word[:place] + word[place + 1 :]
    elif kind == 2:
        word = word[:place] + word[place] + word[place:]
    else:
        word = word[:place] + rng.choice("aeinrst") + word[place + 1 :]
    words[at] = word
    return " ".join(words)


def phone_forms(rng: random.Random) -> tuple[str, str]:
    area, rest = str(rng.randrange(20, 999)), str(rng.randrange(1_000_000, 99_999_999))
    forms = (f"+49 {area} {rest}", f"+49 (0){area} {rest[:3]}-{rest[3:]}", f"0049{area}{rest}", f"0{area}/{rest}",
             f"(0{area}) {rest[:2]} {rest[2:]}", f"0{area} {rest} ext. 12")
    one, other = rng.sample(forms, 2)
    return one, other


def host_of(words: list[str], rng: random.Random) -> str:
    return spell("".join(words)).lower().replace("'", "") + "." + rng.choice(TOPS)


def same_companies(rng: random.Random) -> Pair:
    words = [rng.choice(HEADS), rng.choice(TAILS)]
    name, form = " ".join(words), rng.choice(FORMS)
    host = host_of(words, rng)
    made_by = rng.choice(("slip", "form", "umlaut", "order", "sub-domain", "phone", "joined", "shout"))
    changed = {
        "slip": slip(name, rng), "form": f"{name} {rng.choice(FORMS)}", "umlaut": rng.choice((spell, strip))(name),
        "order": f"{words[1]} {words[0]}", "sub-domain": rng.choice((name, words[0])), "phone": slip(words[0], rng) + f" {words[1]}",
        "joined": "".join(words), "shout": name.upper(),
    }[made_by]
    one_phone, other_phone = phone_forms(rng) if made_by == "phone" else ("", "")
    sub = rng.choice(("shop.", "www.", "mail.", "careers.de.")) if made_by == "sub-domain" else ""
    one_host = host if made_by == "sub-domain" or rng.random() < 0.5 else ""
    other_host = f"https://{sub}{host}/contact" if made_by == "sub-domain" or rng.random() < 0.3 else ""
    return Pair(
        CompanySketch.of(f"{name} {form}", one_host, "Germany", [one_phone]),
        CompanySketch.of(f"{changed} {rng.choice((form, ''))}", other_host, rng.choice(("Germany", "")), [other_phone]), True, made_by,
    )


def other_companies(rng: random.Random) -> Pair:
    made_by = rng.choice(("head", "tail", "near", "number", "free host", "hosting", "common", "same name abroad"))
    head, tail = rng.choice(HEADS), rng.choice(TAILS)
    one, other = [head, tail], [head, tail]
    one_host = other_host = ""
    if made_by == "head":
        other = [head, rng.choice([word for word in TAILS if word != tail])]
    elif made_by == "tail":
        other = [rng.choice([word for word in HEADS if word != head]), tail]
    elif made_by == "near":
        one, other = rng.choice((
            (["Marta", "Foods"], ["Marla", "Foods"]), (["Kern"], ["Korn"]), (["Atlas", "Marine"], ["Atlant", "Marine"]),
            (["Sonne", "Energy"], ["Tonne", "Energy"]), (["ABC", "Optics"], ["ABD", "Optics"]), (["Lumen"], ["Lumina"]),
        ))
    elif made_by == "number":
        one, other = [head, "Studio", "12"], [head, "Studio", "21"]
    elif made_by == "free host":
        other = [rng.choice([word for word in HEADS if word != head]), rng.choice(TAILS)]
        one_host = other_host = "gmail.com"
    elif made_by == "hosting":
        other = [rng.choice([word for word in HEADS if word != head]), rng.choice(TAILS)]
        one_host, other_host = f"{spell(head).lower()}.wixsite.com", f"{spell(other[0]).lower()}.wixsite.com"
    elif made_by == "common":
        one, other = [head, "Media", "Group"], [rng.choice([word for word in HEADS if word != head]), "Media", "Group"]
    else:
        one_host, other_host = f"{spell(head).lower()}-bau.de", f"{spell(tail).lower()}{rng.randrange(9)}.fr"
        other = [head, rng.choice([word for word in TAILS if word != tail])]
    return Pair(
        CompanySketch.of(f"{' '.join(one)} {rng.choice(FORMS)}", one_host, "Germany"),
        CompanySketch.of(f"{' '.join(other)} {rng.choice(FORMS)}", other_host, "Germany"), False, made_by,
    )


def same_contacts(rng: random.Random) -> Pair:
    given, family = rng.choice(GIVEN), rng.choice(FAMILY)
    name = f"{given} {family}"
    made_by = rng.choice(("slip", "umlaut", "order", "phone", "initial", "mail", "title", "middle name", "host"))
    changed = {
        "slip": slip(name, rng), "umlaut": rng.choice((spell, strip))(name), "order": rng.choice((f"{family}, {given}", f"{family} {given}")),
        "phone": slip(name, rng), "initial": f"{given[0]}. {family}", "mail": rng.choice((family, given, name.upper(), "")) or name,
        "title": f"Dr. {name}", "middle name": f"{given} {rng.choice(GIVEN)} {family}", "host": slip(name, rng),
    }[made_by]
    one_phone, other_phone = phone_forms(rng) if made_by == "phone" else ("", "")
    home = rng.randrange(1, 9_000)
    one_mail = other_mail = ""
    local = spell(f"{given}.{family}").lower().replace("'", "")
    if made_by == "mail":
        one_mail, other_mail = f"{local}@gmail.com", f"{local.replace('.', '')}+news@googlemail.com"
    if made_by == "host":
        one_mail, other_mail = f"{local}@northwind.example", f"{given[0].lower()}{rng.randrange(99)}@mail.northwind.example"
    homes = [home] if made_by not in ("phone", "mail", "host") else []
    return Pair(ContactSketch.of(name, [one_mail], [one_phone], homes), ContactSketch.of(changed, [other_mail], [other_phone], homes), True, made_by)


def other_contacts(rng: random.Random) -> Pair:
    made_by = rng.choice(("family", "given", "namesake", "desk", "switchboard", "near", "initial elsewhere"))
    given, family = rng.choice(GIVEN), rng.choice(FAMILY)
    home = rng.randrange(1, 9_000)
    one, other, homes = f"{given} {family}", f"{given} {family}", ([home], [home])
    mails, phones = ([""], [""]), ([""], [""])
    if made_by == "family":
        other = f"{rng.choice([name for name in GIVEN if name[:3] != given[:3]])} {family}"
    elif made_by == "given":
        other = f"{given} {rng.choice([name for name in FAMILY if name[:2] != family[:2]])}"
    elif made_by == "namesake":
        homes = ([home], [home + 1])
    elif made_by == "desk":
        other = f"{rng.choice([name for name in GIVEN if name != given])} {rng.choice([name for name in FAMILY if name != family])}"
        mails = (["info@northwind.example"], ["info@northwind.example"])
    elif made_by == "switchboard":
        other = f"{rng.choice([name for name in GIVEN if name[:2] != given[:2]])} {rng.choice([name for name in FAMILY if name != family])}"
        forms = phone_forms(rng)
        phones = ([forms[0]], [forms[1]])
    elif made_by == "near":
        pair = rng.choice((("Jan", "Jana"), ("Mara", "Sara"), ("Maria", "Mario"), ("Peter", "Petra"), ("Andrea", "Andreas"),
                           ("Daniel", "Daniela"), ("Michael", "Michaela"), ("Emil", "Emilia"), ("Olivia", "Oliver")))
        one, other = f"{pair[0]} {family}", f"{pair[1]} {family}"
    else:
        other, homes = f"{given[0]}. {family}", ([home], [home + 7])
    return Pair(ContactSketch.of(one, mails[0], phones[0], homes[0]), ContactSketch.of(other, mails[1], phones[1], homes[1]), False, made_by)


def generate(seed: int, count: int) -> list[Pair]:
    """`count` pairs, a quarter of each sort."""
    rng = random.Random(seed)
    makers: tuple[Callable[[random.Random], Pair], ...] = (same_companies, other_companies, same_contacts, other_contacts)
    return [makers[index % 4](rng) for index in range(count)]
