"""Whether a sentence forbids something, in English or German."""

from __future__ import annotations

import re

_HARMLESS = re.compile(
    r"\b(?:"
    r"no\.?\s?\d+|no\s(?:problems?|worr(?:y|ies)|objections?|preferences?|hurry|rush|doubt|matter|concerns?|complaints?|comments?|wonder|big deal|surprises?|harm)"
    r"|no\s(?:known\s)?(?:constraints|allergies|special (?:wishes|needs|requests))"
    r"|not\s(?:only|just|necessarily|least|bad|urgent|important|critical|sure|certain|known|decided|a (?:problem|concern|must)|an issue|to mention|in a hurry)"
    r"|not\syet\s(?:known|decided|clear|named|sure|agreed)|not\s(?:that|too|so|very)\s(?:important|urgent|critical)"
    r"|(?:is|was|are|were)n['’]?t\s(?:a problem|an issue|important|urgent|sure)|why not|if not|(?:whether )?or not|never\s(?:mind|hurts|a problem)"
    r"|(?:do|does|did)(?:\s?not|n['’]?t)\s(?:mind|hesitate|matter|know|worry|care|need to worry|have (?:any )?(?:preferences?|objections?|wishes))|can(?:not|['’]?t)\s(?:wait|thank|complain)"
    r"|(?:does|did|has|have|had)(?:\s?not|n['’]?t)(?!\s(?:want|wish|like|take|accept|allow|tolerate|permit|receive|answer|read|use|share|approve|agree|to be|be))"
    r"|without\s(?:any\s)?(?:problems?|delay|doubt|questions?|hesitation|fail|exceptions?|limits?|restrictions?)"
    r"|nothing\s(?:special|else|in particular|to add|more)"
    r"|keine?n?\s(?:problem|sorge|eile|thema|frage|zweifel|einwände?|einwand|präferenz(?:en)?|besonderen|wünsche|angaben?|hast|beschwerden|bedenken|ahnung)"
    r"|nicht\s(?:nur|bloß|zuletzt|unbedingt|schlecht|schlimm|wichtig|eilig|dringend|wahr|sicher|so (?:wichtig|eilig|schlimm)|ganz sicher)"
    r"|(?:noch|weiß|weiss|warum|wieso|ob oder|oder)\snicht(?:\s(?:bekannt|entschieden|klar|benannt))?|(?:das )?macht nichts|nichts (?:besonderes|weiter|hinzuzufügen)"
    r"|nie\sein problem|ohne\s(?:weiteres|probleme?|zweifel|frage|einschränkung(?:en)?|ausnahme|verzug|bedenken)"
    r")(?![^\W\d_])",
    re.IGNORECASE,
)
_FORBIDS = re.compile(
    r"\b(?:not|never|neither|nor|cannot|dont|doesnt|cant|wont|mustnt|shouldnt|nothing|nobody|no one|avoid(?:s|ed|ing)?|without|refrain(?:s|ing)?|forbidden|forbids?"
    r"|prohibit(?:s|ed)|banned|off[ -]limits|no[ -]go(?:s|es)?|taboo|stay away|keep away|stop \w+ing"
    r"|\w+n['’]t|nicht|nichts|nie|niemals|niemand(?:en|em)?|kein(?:e[nmrs]?)?|keinesfalls|keineswegs|ohne|weder|vermeide[nt]?|vermieden|meide[nt]?|verboten|untersag[te]+n?"
    r"|unterlassen|unterlasse|unerwünscht|tabu|finger weg|absehen|abzusehen)(?![^\W\d_])|\bno \w",
    re.IGNORECASE,
)


def is_do_not(text: str) -> bool:
    """Whether a sentence forbids something; "no problem", "not only" and their like forbid nothing."""
    return bool(_FORBIDS.search(_HARMLESS.sub(" ", text)))
