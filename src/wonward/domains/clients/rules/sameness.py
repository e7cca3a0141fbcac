"""Whether two companies, or two contacts, are the same: keys to find candidates by, and a judgement with its reason."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import blake2b
from itertools import combinations

from wonward.domains.clients.rules.folding import (
    company_words,
    fold_email,
    host_label,
    is_common_word,
    is_personal_email,
    own_host,
    person_words,
    phone_tail,
)

SAME = 70
_WORDS_READ = 4


@dataclass(frozen=True, slots=True)
class Judgement:
    """How sure it is that two records are one (0 to 100, from `SAME` on worth a warning), and why."""

    score: int
    because: str


@dataclass(frozen=True, slots=True)
class CompanySketch:
    """What a company is compared by."""

    words: tuple[str, ...]
    host: str
    country: str = ""
    phones: frozenset[str] = frozenset()

    @classmethod
    def of(cls, name: str, domain: str = "", country: str = "", phones: Iterable[str] = ()) -> CompanySketch:
        tails = frozenset(tail for phone in phones if (tail := phone_tail(phone)))
        return cls(company_words(name), own_host(domain), country.strip().casefold(), tails)


@dataclass(frozen=True, slots=True)
class ContactSketch:
    """What a contact is compared by; `homes` are the ids of their companies."""

    words: tuple[str, ...]
    emails: frozenset[str] = frozenset()
    phones: frozenset[str] = frozenset()
    homes: frozenset[int] = frozenset()
    hosts: frozenset[str] = field(default=frozenset())

    @classmethod
    def of(
        cls, name: str, emails: Iterable[str] = (), phones: Iterable[str] = (), homes: Iterable[int] = ()
    ) -> ContactSketch:
        addresses = frozenset(found for email in emails if (found := fold_email(email)))
        tails = frozenset(tail for phone in phones if (tail := phone_tail(phone)))
        hosts = frozenset(host for address in addresses if (host := own_host(address)))
        return cls(person_words(name), addresses, tails, frozenset(homes), hosts)


def _digest(text: str) -> int:
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big", signed=True)


@dataclass(frozen=True, slots=True)
class MatchKeys:
    """Keys under which a record is filed: `strong` ones hardly any stranger shares, `weak` ones narrow the rest down."""

    strong: frozenset[int]
    weak: frozenset[int]

    @classmethod
    def of(cls, strong: Iterable[str], weak: Iterable[str]) -> MatchKeys:
        return cls(frozenset(map(_digest, strong)), frozenset(map(_digest, weak)))

    @property
    def all(self) -> frozenset[int]:
        return self.strong | self.weak


def company_keys(company: CompanySketch) -> MatchKeys:
    """Companies that may be the same share one key at least."""
    words = [word for word in company.words if not is_common_word(word)] or list(company.words)
    strong = {f"all {' '.join(sorted(company.words))}", f"run {''.join(company.words)}"}
    if company.host:
        strong |= {f"host {company.host}", f"run {''.join(company_words(host_label(company.host)))}"}
    strong |= {f"phone {tail}" for tail in company.phones}
    weak = {f"word {word}" for word in words[:_WORDS_READ]}
    for word in words[:_WORDS_READ]:
        if len(word) >= 5:
            weak |= {f"head {word[:4]} {len(words)}", f"tail {word[-4:]} {len(words)}"}
    return MatchKeys.of(strong, weak)


def contact_keys(contact: ContactSketch) -> MatchKeys:
    """Contacts that may be the same share one key at least."""
    strong = {f"mail {address}" for address in contact.emails if is_personal_email(address)}
    strong |= {f"phone {tail}" for tail in contact.phones}
    weak = set()
    words = contact.words[:_WORDS_READ]
    for one, other in combinations(sorted(set(words)), 2):
        weak |= {f"{one} {other[:3]}.", f"{one} .{other[-3:]}", f"{other} {one[:3]}.", f"{other} .{one[-3:]}"}
    if len(words) > 1:
        weak.add(f"{words[-1]} {words[0][:1]}")
    else:
        weak |= {f"only {word}" for word in words}
    return MatchKeys.of(strong, weak)


def compare_companies(one: CompanySketch, other: CompanySketch) -> Judgement:
    """How sure it is that two companies are one."""
    names = _company_names(one.words, other.words)
    same_host = bool(one.host) and one.host == other.host
    other_host = bool(one.host and other.host) and host_label(one.host) != host_label(other.host)
    other_country = bool(one.country and other.country) and one.country != other.country
    same_phone = bool(one.phones & other.phones)
    if same_host:
        score = 97 if names >= 80 else 88 if names >= 40 or _is_short_for(one.words, other.words) else 74
        return Judgement(score, "same domain and name" if names >= 80 else "same domain")
    if same_phone and names >= 50:
        return Judgement(90, "same number and a similar name")
    if names == 100:
        score = 95 - 12 * other_host - 8 * other_country
        return Judgement(score, "same name")
    if names >= 80:
        score = 88 - 20 * other_host - 8 * other_country
        return Judgement(score, "nearly the same name")
    return Judgement(names // 2, "a similar name")


def _company_names(one: tuple[str, ...], other: tuple[str, ...]) -> int:
    """100 for the same words in any order, 85 for slips of the pen, 50 and less for names that only share words."""
    if sorted(one) == sorted(other) or "".join(one) == "".join(other):
        return 100
    run, back = "".join(one), "".join(other)
    slips = _slips(run, back, 2)
    # A changed letter in a short name, or a changed digit, is another name.
    if slips is not None and slips <= _slips_allowed(run, back) and _digits(run) == _digits(back) and _words_agree(one, other):
        return 88
    if len(one) == len(other) and _pair_up(one, other):
        return 85
    shared = set(one) & set(other)
    telling = {word for word in shared if not is_common_word(word)}
    if not telling:
        return 0
    if shared in (set(one), set(other)):
        rest = (set(one) | set(other)) - shared
        return 82 if all(is_common_word(word) for word in rest) and len("".join(telling)) >= 6 else 50
    return 40


def _words_agree(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether names of equally many words pair up; names split differently are compared as one run of letters."""
    return len(one) != len(other) or _pair_up(one, other)


def _pair_up(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether every word has its partner, equal or a slip of the pen away, with one word in two misspelt at most."""
    left, slipped = list(other), 0
    for word in sorted(one, key=lambda text: text not in other):
        if word in left:
            left.remove(word)
            continue
        near = next((candidate for candidate in left if _is_slip(word, candidate)), None)
        if near is None:
            return False
        left.remove(near)
        slipped += 1
    return slipped <= max(1, len(one) // 2)


def _is_slip(word: str, other: str) -> bool:
    """Whether a word is another one misspelt; words that both mean something common are not."""
    if _digits(word) != _digits(other) or (is_common_word(word) and is_common_word(other)):
        return False
    slips = _slips(word, other, 2)
    return slips is not None and slips <= _slips_allowed(word, other)


def _slips_allowed(word: str, other: str) -> int:
    shorter = min(len(word), len(other))
    return 0 if shorter < 4 else 1 if shorter < 8 else 2


def _digits(text: str) -> str:
    return "".join(letter for letter in text if letter.isdigit())


def _is_short_for(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether one name is made of the first letters of the other."""
    short, long = sorted((one, other), key=len)
    return len(short) == 1 and len(long) > 1 and "".join(word[0] for word in long) == short[0]


def compare_contacts(one: ContactSketch, other: ContactSketch) -> Judgement:
    """How sure it is that two contacts are one."""
    names = _person_names(one.words, other.words)
    shared = one.emails & other.emails
    if any(is_personal_email(address) for address in shared):
        return Judgement(98 if names >= 60 else 80, "same e-mail address")
    at_home = bool(one.homes & other.homes) or bool(one.hosts & other.hosts)
    elsewhere = not at_home and (
        bool(one.homes and other.homes) or bool(one.hosts and other.hosts and not one.homes & other.homes)
    )
    if one.phones & other.phones and names >= 60:
        return Judgement(95 if names >= 85 else 85, "same number and name" if names == 100 else "same number and a similar name")
    if names == 100:
        if at_home:
            return Judgement(94, "same name at the same company")
        return Judgement(55 if elsewhere else 75, "same name")
    if names >= 85 and at_home:
        return Judgement(86, "nearly the same name at the same company")
    if names >= 70 and at_home:
        return Judgement(74, "initial and family name at the same company")
    return Judgement(names // 2, "a similar name")


def _person_names(one: tuple[str, ...], other: tuple[str, ...]) -> int:
    """100 same names in any order, 88 a slip of the pen, 75 an initial, 60 one shared name with nothing against it."""
    if not one or not other:
        return 0
    if sorted(one) == sorted(other) or "".join(one) == "".join(other):
        return 100
    short, long = sorted((one, other), key=len)
    if len(short) == len(long) and _persons_pair_up(short, long):
        return 88
    if len(short) >= 2 and set(short) <= set(long):
        return 90
    if len(short) >= 2 and any(len(word) == 1 for word in (*one, *other)) and _initials_agree(short, long):
        return 75
    return 60 if len(short) == 1 and short[0] in long else 0


def _persons_pair_up(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether all names agree but one, which is a single slip away."""
    left, odd = list(other), []
    for word in one:
        if word in left:
            left.remove(word)
        else:
            odd.append(word)
    return len(odd) == 1 and len(one) > 1 and _is_person_slip(odd[0], left[0])


def _is_person_slip(word: str, other: str) -> bool:
    """A slip inside a name; other endings (Michael, Michaela) and beginnings of short names (Mara, Sara) are other people."""
    slips = _slips(word, other, 2)
    if slips is None or word.rstrip("aeios") == other.rstrip("aeios"):
        return False
    shorter = min(len(word), len(other))
    if shorter < 4:
        return False
    if shorter < 6:
        return slips == 1 and word[0] == other[0] and word[-1] == other[-1]
    return slips == 1 or (slips == 2 and shorter >= 9)


def _initials_agree(short: tuple[str, ...], long: tuple[str, ...]) -> bool:
    """`a smith` and `anna smith`: family names equal, and each given name a start of its partner."""
    if short[-1] != long[-1] or len(short[-1]) == 1:
        return False
    return all(one.startswith(other) or other.startswith(one) for one, other in zip(short[:-1], long[:-1], strict=False))


def _slips(one: str, other: str, most: int) -> int | None:
    """Edits between two words, a swap of neighbours counting as one; None when there are more than `most`."""
    if abs(len(one) - len(other)) > most:
        return None
    start = 0
    shorter = min(len(one), len(other))
    while start < shorter and one[start] == other[start]:
        start += 1
    end = 0
    while end < shorter - start and one[-1 - end] == other[-1 - end]:
        end += 1
    one, other = one[start : len(one) - end], other[start : len(other) - end]
    if not one or not other:
        size = max(len(one), len(other))
        return size if size <= most else None
    before: list[int] = []
    last = list(range(len(other) + 1))
    for row, letter in enumerate(one, 1):
        current = [row]
        for column, against in enumerate(other, 1):
            cost = min(last[column] + 1, current[-1] + 1, last[column - 1] + (letter != against))
            if row > 1 and column > 1 and letter == other[column - 2] and one[row - 2] == against:
                cost = min(cost, before[column - 2] + 1)
            current.append(cost)
        if min(current) > most:
            return None
        before, last = last, current
    return last[-1] if last[-1] <= most else None
