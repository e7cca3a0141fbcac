"""Bringing names, addresses, numbers and hosts into the form in which they are compared."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_LETTERS = str.maketrans({
    "ä": "a", "ö": "o", "ü": "u", "ß": "ss", "ø": "o", "æ": "a", "å": "a", "œ": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th",
    "ı": "i", "’": "", "'": "", "`": "",
})
_SPELT_OUT = re.compile(r"ae|oe|ue")
_DOUBLED = re.compile(r"([^\W\d_])\1+")
_SPLIT = re.compile(r"[^\w]+|_")
_INITIALS = re.compile(r"\b(?:\w\.\s?){2,}")

LEGAL_FORMS = frozenset(
    ["gmbh", "mbh", "ag", "kg", "kgaa", "ohg", "gbr", "ug", "se", "ek", "ev", "eg", "ltd", "limited", "llc", "llp", "lp", "inc", "incorporated", "corp", "corporation", "co", "company", "cie", "plc", "sa", "sas", "sasu", "sarl", "srl", "sl", "slu", "spa", "snc", "bv", "nv", "vof", "bvba", "ab", "as", "asa", "aps", "oy", "oyj", "kft", "zrt", "bt", "sro", "doo", "ad", "ooo", "oao", "zao", "pty", "pvt", "pte", "kk", "gk", "lda", "ltda", "eurl", "zoo", "sp", "hf", "ehf", "sia", "uab", "ou", "haftungsbeschrankt", "and", "und", "et", "the"]
)
# Words that many companies of one trade or group share: they alone never make two companies one.
COMMON_WORDS = frozenset(
    ["group", "gruppe", "groupe", "holding", "holdings", "international", "global", "worldwide", "europe", "deutschland", "germany", "france", "uk", "usa", "services", "service", "solutions", "systems", "consulting", "partners", "partner", "studio", "media", "digital", "agency", "agentur", "design", "technologies", "technology", "tech", "software", "logistics", "logistik", "capital", "ventures", "industries", "handel", "trading", "bau", "immobilien", "energy", "energie"]
)
_TITLES = frozenset(["mr", "mrs", "ms", "miss", "dr", "prof", "professor", "herr", "frau", "mme", "sir", "ing", "dipl", "phd", "mba", "msc", "bsc", "jr", "sr", "ii", "iii"])

_SECOND_LEVEL = frozenset(["co", "com", "net", "org", "ac", "gov", "edu", "or", "ne", "go", "in"])
_HOSTING = frozenset(
    ["wixsite.com", "github.io", "gitlab.io", "wordpress.com", "blogspot.com", "weebly.com", "squarespace.com", "webflow.io", "myshopify.com", "jimdosite.com", "netlify.app", "vercel.app", "herokuapp.com", "pages.dev", "web.app", "azurewebsites.net", "notion.site", "carrd.co", "business.site"]
)
SHARED_HOSTS = frozenset(
    ["gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "live.com", "msn.com", "yahoo.com", "ymail.com", "aol.com", "icloud.com", "me.com", "mac.com", "gmx.de", "gmx.net", "gmx.at", "gmx.ch", "web.de", "t-online.de", "freenet.de", "posteo.de", "mailbox.org", "proton.me", "protonmail.com", "mail.com", "mail.ru", "yandex.ru", "orange.fr", "free.fr", "wanadoo.fr", "laposte.net", "libero.it", "btinternet.com", "bluewin.ch", "qq.com", "163.com", "linkedin.com", "facebook.com", "instagram.com", "xing.com", "twitter.com", "x.com"]
)
_DOTLESS_HOSTS = frozenset(("gmail.com", "googlemail.com"))
_SHARED_NAMES = frozenset(
    ["info", "office", "contact", "kontakt", "hello", "hallo", "mail", "admin", "sales", "vertrieb", "support", "service", "team", "post", "billing", "accounting", "buchhaltung", "rechnung", "invoice", "invoices", "hr", "jobs", "career", "careers", "presse", "press", "marketing", "noreply", "no-reply", "webmaster", "reception", "empfang", "sekretariat", "buero", "contacto", "bonjour", "einkauf", "purchasing"]
)


@lru_cache(maxsize=65_536)
def fold_words(text: str) -> tuple[str, ...]:
    """The words of a name in small letters without accents; `Müller`, `Mueller` and `Muller` fold alike."""
    joined = _INITIALS.sub(lambda found: re.sub(r"[.\s]", "", found[0]) + " ", text.casefold())
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFC", joined).translate(_LETTERS))
    kept = "".join(letter for letter in plain if not unicodedata.combining(letter)).replace("&", " and ")
    return tuple(_fold(word) for word in _SPLIT.split(kept) if word)


def _fold(word: str) -> str:
    return _DOUBLED.sub(r"\1", _SPELT_OUT.sub(lambda found: found[0][0], word))


_FOLDED_FORMS = frozenset(_fold(word) for word in LEGAL_FORMS)
_FOLDED_COMMON = frozenset(_fold(word) for word in COMMON_WORDS)
_FOLDED_TITLES = frozenset(_fold(word) for word in _TITLES)


def company_words(name: str) -> tuple[str, ...]:
    """What is left of a company's name without its legal form; the whole name when nothing would be left."""
    words = fold_words(name.replace("/", ""))
    return tuple(word for word in words if word not in _FOLDED_FORMS) or words


def is_common_word(word: str) -> bool:
    """Whether a folded word says little about which company it is."""
    return word in _FOLDED_COMMON


def person_words(name: str) -> tuple[str, ...]:
    """The names of a person in the order given names, family name; titles left out."""
    if name.count(",") == 1:
        family, given = name.split(",")
        name = f"{given} {family}"
    words = fold_words(name.replace("-", " "))
    return tuple(word for word in words if word not in _FOLDED_TITLES) or words


def registrable_host(text: str) -> str:
    """`https://shop.Example.co.uk/x` becomes `example.co.uk`; on a host that many share the whole host stays; "" for none."""
    host = re.sub(r"^[a-z][a-z+.-]*://", "", text.strip().lower()).split("/")[0].split("@")[-1].split(":")[0].strip(".")
    parts = host.split(".")
    if len(parts) < 2:
        return ""
    size = 3 if len(parts) > 2 and len(parts[-1]) == 2 and parts[-2] in _SECOND_LEVEL else 2
    base = ".".join(parts[-size:])
    return ".".join(parts[-size - 1 :]) if base in _HOSTING else base


def own_host(text: str) -> str:
    """The registrable host, unless it is one that strangers share, such as a mail provider's."""
    host = registrable_host(text)
    return "" if host in SHARED_HOSTS or host in _HOSTING else host


def host_label(host: str) -> str:
    """`example.co.uk` becomes `example`."""
    return host.split(".")[0]


def fold_email(text: str) -> str:
    """An address as it is compared: small letters, no `+tag`, no dots where the provider ignores them; "" for none."""
    address = text.strip().lower()
    if address.count("@") != 1:
        return ""
    local, host = address.split("@")
    local = local.split("+")[0]
    if host in _DOTLESS_HOSTS:
        local, host = local.replace(".", ""), "gmail.com"
    return f"{local}@{host}" if local and "." in host else ""


def is_personal_email(address: str) -> bool:
    """Whether a folded address belongs to one person rather than to a desk."""
    return address.split("@")[0] not in _SHARED_NAMES


def phone_tail(text: str) -> str:
    """The last eight digits of a number however it is written, without its extension; "" when it has fewer than seven."""
    main = re.split(r"(?i)\s*(?:ext\.?|extension|durchwahl|dw\.?|x)\s*\d+\s*$", text.strip())[0].replace("(0)", "")
    digits = re.sub(r"\D", "", main)
    return digits[-8:] if len(digits) >= 7 else ""
