"""Spelling: brings header and cell text of any script to one form. Knows no words."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

# Latin accents only: the voicing marks of Japanese kana are combining characters too, and carry meaning.
_ACCENTS = dict.fromkeys(range(768, 880))
_LETTERS = str.maketrans({"ß": "ss", "æ": "ae", "ø": "o", "œ": "oe", "ł": "l", "đ": "d", "ı": "i"})
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u00ad]")
_IDEOGRAPH = re.compile("[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uac00-\ud7af々]")


# A header longer than that is a cell that lost its place.
LONGEST = 200
_YES_NO = re.compile(
    r"(?i)[(\[]\s*(?:y|j|o|s|t|yes|ja|oui|s[ií]|sim|true|1)\s*/\s*(?:n|no|nein|non|n[aã]o|f|false|0)\s*[)\]]"
)


def _joined_v(match: re.Match[str]) -> str:
    """vCPU -> vcpu: the camel case of virtual things is no word boundary."""
    return f" v{match[1].lower()}"


def _capital(match: re.Match[str]) -> str:
    """dNSHostName -> DNSHostName: directory attributes write the first letter of an acronym small."""
    return match[0].upper()


# What punctuation says in headers, before it is thrown away.
_SPELLED = (
    (_YES_NO, " flag "),
    (re.compile(r"(?<![^\W_])[a-z](?=(?!IP|MAC|TCP|UDP|CPU|RAM|OS|DNS|ID|VM)[A-Z]{3,}[a-z])"), _capital),
    (re.compile(r"(?i)(?<=\w)['’`´]s\b"), ""),
    (re.compile(r"\bO/S\b", re.I), " os "),
    (re.compile(r"\bS/N\b", re.I), " serial "),
    (re.compile(r"\bp/s\b", re.I), " per socket "),
    (re.compile(r"\bE-?mails?\b", re.I), " email "),
    (re.compile(r"\bI/O\b", re.I), " io "),
    (re.compile(r"\bU/S\b", re.I), " upstream "),
    (re.compile(r"\bD/S\b", re.I), " downstream "),
    (re.compile(r"\bN/?A\b"), " "),
    (re.compile(r"(?i)prod(?:uction)?\s*/\s*(?:non|dev|test)"), " environment "),
    (re.compile(r"(?i)[(\[]\s*s\s*[)\]]"), "s"),
    (re.compile(r"^\s*[#№]\s*$"), " row number "),
    (re.compile(r"[#№]\s*(?=\d)"), " "),
    (re.compile(r"[#№]\s*(?=\w)"), " count "),
    (re.compile(r"[#№]\s*$"), " number "),
    (re.compile(r"%"), " percent "),
    (re.compile(r"(?:(?<![^\W_])[kK])?[$€£¥]"), " money "),
    (re.compile(r"(?<![^\W_])(?:k|T)?(?:EUR|USD|GBP|CHF|PLN|SEK|INR|AUD|CAD|BRL|JPY)(?![^\W_])"), " money "),
    (re.compile(r"[(\[]\s*(?:k?W|k?VA|kWh|kg|lbs?|mm|cm|inch|°\s?[CF]|dBm?|BTU(?:/h)?)\s*[)\]]"), " measure "),
    (re.compile(r"IP[vV]([46])"), r" ipv\1 "),
    (re.compile(r"(?<![a-zA-Z])[vV]-?(CPU|RAM|NIC|SAN|App|Disk|Cluster|Center|Sphere|Switch|Network)"), _joined_v),
    (re.compile(r"(?<=[a-z])[vV](CPU)(?=[A-Zs]|$)"), _joined_v),
    (re.compile(r"VMware|VMWare"), " vmware "),
    (re.compile(r"[vV]Motion"), " vmotion "),
    (re.compile(r"([KMGTP]iB|[kKMG]Hz)(?![a-z])"), lambda m: f" {m[1].lower()} "),
    (re.compile(r"ESXi"), " esxi "),
    (re.compile(r"macOS|MacOS"), " macos "),
    (re.compile(r"iSCSI"), " iscsi "),
    (re.compile(r"([A-Z]{2,})s(?![a-z])"), lambda m: " " + m[1].lower() + "s "),
    (re.compile(r"(?<![A-Za-z])(OS|IP|VM|CPU|DNS|MAC|RAM|DB|SQL|VLAN)(?=[a-z]{3})"), lambda m: f" {m[1].lower()} "),
)
# "1. Who owns it?", "Q3: ...", "a) ...": the number of a question or of a section.
_NUMBERED = re.compile(r"^\s*(?:[QF]\d{1,3}|\d{1,3}|[a-z])\s*(?:[.):]|\s-)\s*(?=[^\W\d])(?!.\.)", re.I)
_ASKING = "who|whose|what|which|where|when|why|how|is|are|does|do|can|any|if"
_QUESTION = re.compile(
    rf"(?i)\?\W*$|\?\s*\(|^\W*(?:who|what|where|how|which|does)['’ ]|^\W*(?:{_ASKING})\b.*\b(?:it|this)\b"
)
# What a question says besides what it asks for. Small letters: "IT" and "US" mean something.
_FILLERS = re.compile(
    r"\b(?:it|this|that|they|we|you|i|us|there|does|do|did|please|exactly|else|be|would|should|will|[Dd]oes|[Dd]o"
    r"|[Ww]hat(?:['’]s|\s+is|\s+are)?(?=\s+(?:the|its|your|our|their)\b)"
    r"|[Ww]h(?:at|ich)(?=\s+\w+\s+(?:does|do|is|are|will)\b)|its|your|our|their)\b"
)
_CAMEL = (
    (re.compile(r"(?<=[a-z0-9])(?=[A-Z])"), " "),
    (re.compile(r"(?<=[A-Z])(?=[A-Z][a-z])"), " "),
)
# Letters and digits of another script are words of their own among ideographs: "OS種別", "設置DC", "ディスク1容量".
_SCRIPTS = re.compile(f"(?<={_IDEOGRAPH.pattern})(?=[A-Za-z0-9])|(?<=[A-Za-z0-9])(?={_IDEOGRAPH.pattern})")
_TRAILING_NUMBER = re.compile(r"^([^\W\d]{2,})(\d+)$")
# Words whose digits belong to them.
_WITH_DIGITS = re.compile(r"^(?:ipv?[46]|x(?:64|86)|amd64|arm64|md5|sha\d+|win32|p9[059]|[567]r|l[2347]|co2|h26[45])$")
_TOKEN = re.compile(r"[^\W_]+")
# Small Latin letters in which nothing of the above stands: blanks alone split them.
_PLAIN = re.compile(rf"(?!\W*(?:{_ASKING}|does)\b)(?:(?!mail)[a-zß-öø-ÿ ])+")
# Headers whose words are remembered, since several questions are asked of each.
_REMEMBERED = 20_000


def fold(text: str) -> str:
    """Lower case, no accents, no invisible characters, full-width and compatibility forms made plain."""
    if text.isascii():
        return text.lower()
    plain = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text)).casefold().translate(_LETTERS)
    bare = unicodedata.normalize("NFD", plain).translate(_ACCENTS)
    return unicodedata.normalize("NFC", bare)


def has_ideographs(text: str) -> bool:
    """Whether the text is (partly) written without blanks between words."""
    return bool(_IDEOGRAPH.search(text))


def split_words(text: str, *, camel: bool = True) -> list[str]:
    """Folded words of a header: camelCase (unless told not), snake_case, punctuation and trailing numbers split it.

    Bounded: only the first LONGEST characters are read.
    """
    begun = text[:LONGEST]
    return fold(begun).split() if _PLAIN.fullmatch(begun) else list(_split(begun, camel))


@lru_cache(maxsize=_REMEMBERED)
def _split(text: str, camel: bool) -> tuple[str, ...]:
    spelled = _NUMBERED.sub("", unicodedata.normalize("NFKC", text))
    if _QUESTION.search(spelled):
        spelled = _FILLERS.sub(" ", spelled)
    for pattern, replacement in _SPELLED:
        spelled = pattern.sub(replacement, spelled)
    for pattern, blank in _CAMEL if camel else ():
        spelled = pattern.sub(blank, spelled)
    spelled = _SCRIPTS.sub(" ", spelled)
    words: list[str] = []
    for word in _TOKEN.findall(fold(spelled)):
        numbered = None if _WITH_DIGITS.match(word) else _TRAILING_NUMBER.match(word)
        words.extend(numbered.groups() if numbered else (word,))
    return tuple(words)
