"""Words in cells that stand for something: won and lost, statuses, kinds, countries, yes and no; in several languages."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, lru_cache

from babel import Locale

from wonward.journeys.imports.rules.words import header_key, plain, tidy


def _words(table: Mapping[str, str]) -> dict[str, str]:
    return {header_key(word): meaning for meaning, words in table.items() for word in words.split("|")}


YES_NO = _words({
    "yes": "yes | true | y | 1 | x | v | ja | oui | si | sì | sim | ano | tak | wahr | vrai | checked | done | ✓",
    "no": "no | false | n | 0 | nein | non | não | nao | ne | nie | nee | falsch | faux | unchecked",
})
DEAL_STATUSES = _words({
    "won": "won | closed won | closedwon | close won | win | gewonnen | abgeschlossen gewonnen | geschlossen gewonnen | gagné | gagnée | conclu gagné | "
           "fermé gagné | ganado | ganada | cerrado ganado | cerrada ganada | vinto | vinta | chiuso vinto | chiusa vinta | ganho | ganha | fechado ganho | "
           "fechado e ganho | gewonnen deal | gesloten gewonnen | vyhráno | vyhraný | uzavřeno vyhráno | wygrane | wygrana | wygrany | vunnen | vunnet | vundet | "
           "signed | contract signed | closed successfully",
    "lost": "lost | closed lost | closedlost | close lost | lose | verloren | abgeschlossen verloren | geschlossen verloren | perdu | perdue | conclu perdu | "
            "fermé perdu | perdido | perdida | cerrado perdido | cerrada perdida | perso | persa | chiuso perso | chiusa persa | fechado perdido | "
            "fechado e perdido | gesloten verloren | prohráno | prohraný | uzavřeno prohráno | przegrane | przegrana | przegrany | förlorad | tapt | tabt | "
            "closed no decision | abandoned | cancelled | canceled | disqualified | unqualified | rejected | declined | omitted",
    "open": "open | offen | ouvert | ouverte | abierto | abierta | aperto | aperta | aberto | aberta | otevřené | otevřený | otwarte | öppen | åpen | åben | "
            "active | in progress | pending | ongoing | pipeline",
    "deleted": "deleted | gelöscht | supprimé | eliminado | eliminato | excluído | verwijderd | smazáno | usunięte",
})
TASK_STATUSES = _words({
    "todo": "to do | todo | open | new | not started | backlog | selected for development | planned | waiting | ready | offen | neu | zu erledigen | "
            "nicht begonnen | à faire | pendiente | por hacer | a fazer | da fare | te doen | k udělání | do zrobienia | reopened | next | ideas | inbox | "
            "in the queue | queued | upcoming | blocked | on hold | stuck",
    "doing": "in progress | doing | started | working on it | active | in work | in bearbeitung | begonnen | läuft | en cours | en curso | en progreso | "
             "em andamento | in corso | bezig | w toku | probíhá | in development | development | wip | ongoing | in arbeit",
    "review": "review | in review | to review | code review | testing | in test | test | qa | in qa | approval | waiting for approval | in prüfung | "
              "zur prüfung | en revue | en révision | en revisión | em revisão | in revisione | in verifica | verify | verification | feedback",
    "done": "done | closed | complete | completed | finished | resolved | erledigt | fertig | abgeschlossen | geschlossen | terminé | fini | hecho | "
            "terminado | completado | concluído | feito | fatto | completato | chiuso | klaar | gereed | hotovo | zrobione | zakończone | released | "
            "deployed | delivered | archived | cancelled | canceled | won't do | wont do | rejected | duplicate | live",
})
PROJECT_STATUSES = _words({
    "planned": "planned | new | not started | proposed | planning | geplant | in planung | planifié | planificado | pianificato | draft | upcoming | todo | to do",
    "active": "active | in progress | open | running | started | ongoing | on track | at risk | off track | aktiv | laufend | in bearbeitung | actif | "
              "en cours | activo | en curso | ativo | em andamento | attivo | in corso | actief | doing | execution",
    "on_hold": "on hold | paused | suspended | waiting | stopped | pausiert | ruhend | en pause | suspendu | en pausa | em espera | in pausa | blocked",
    "done": "done | closed | complete | completed | finished | delivered | archived | cancelled | canceled | abgeschlossen | fertig | beendet | terminé | "
            "clôturé | terminado | completado | concluído | completato | chiuso | afgerond | dropped",
})
COMMUNICATION_KINDS = _words({
    "call": "call | phone | phone call | telephone | outbound call | inbound call | anruf | telefonat | appel | llamada | ligação | chiamata | gesprek | hovor | voice",
    "email": "email | e mail | mail | incoming email | outgoing email | forwarded email | correo | courriel | message",
    "chat": "chat | sms | whatsapp | slack | teams | text message | linkedin | linkedin message | live chat | conversation | instant message | im",
    "meeting": "meeting | event | appointment | demo | lunch | visit | workshop | besprechung | termin | treffen | réunion | rendez vous | reunión | "
               "reunião | riunione | afspraak | schůzka | spotkanie | video call",
    "note": "note | notes | notiz | task | comment | nota | remark | memo | poznámka | update | notitie | deadline | todo | other | log | reply",
})
DIRECTIONS = _words({
    "in": "in | incoming | inbound | received | eingehend | entrant | entrante | inkommend",
    "out": "out | outgoing | outbound | sent | ausgehend | sortant | saliente | utgående",
})
TASK_TYPES = _words({
    "phase": "phase | epic | summary | stage | section | group | initiative | feature | summary task",
    "milestone": "milestone | meilenstein | jalon | hito | marco | mijlpaal | milník",
})
_COUNTRY_LANGUAGES = ("en", "de", "fr", "es", "it", "pt", "nl", "cs", "pl")
_COUNTRY_SHORT = {"usa": "US", "u s a": "US", "u s": "US", "uk": "GB", "u k": "GB", "england": "GB", "scotland": "GB", "wales": "GB",
                  "holland": "NL", "korea": "KR", "russia": "RU", "uae": "AE", "czech republic": "CZ", "philipines": "PH",
                  "united states of america": "US", "great britain": "GB", "turkey": "TR", "ivory coast": "CI"}


def meaning_of(words: Mapping[str, str], text: str) -> str:
    """What a cell stands for, or nothing."""
    return words.get(header_key(text), "")


@lru_cache(maxsize=5_000)
def deal_status_of(text: str) -> str:
    """won, lost, open or deleted when the words say so; `closed won (renewal)` is won, `not won` is nothing."""
    key = header_key(text)
    if key in DEAL_STATUSES:
        return DEAL_STATUSES[key]
    words = key.split()
    if "not" in words or "no" in words or "if" in words:
        return ""
    for word in words:
        if DEAL_STATUSES.get(word) in ("won", "lost") and (len(words) <= 2 or "closed" in words):
            return DEAL_STATUSES[word]
    return ""


@cache
def _countries() -> dict[str, str]:
    found = dict(_COUNTRY_SHORT)
    for language in _COUNTRY_LANGUAGES:
        for code, name in Locale(language).territories.items():
            if len(code) == 2 and code.isalpha():
                found.setdefault(header_key(name), code)
                found.setdefault(code.casefold(), code)
    return found


def is_country(text: str) -> bool:
    """Whether this is the name or the two-letter code of a country."""
    return header_key(text) in _countries() or plain(tidy(text)) in _countries()
