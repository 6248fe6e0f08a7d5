"""Spelling: brings header and cell text of any script to one form. Knows no words."""

from __future__ import annotations

import re
import unicodedata

# Latin accents only: the voicing marks of Japanese kana are combining characters too, and carry meaning.
_ACCENTS = dict.fromkeys(range(768, 880))
_LETTERS = str.maketrans({"ß": "ss", "æ": "ae", "ø": "o", "œ": "oe", "ł": "l", "đ": "d", "ı": "i"})
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u00ad]")
_IDEOGRAPH = re.compile("[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uac00-\ud7af々]")


_YES_NO = re.compile(
    r"(?i)[(\[]\s*(?:y|j|o|s|t|yes|ja|oui|s[ií]|sim|true|1)\s*/\s*(?:n|no|nein|non|n[aã]o|f|false|0)\s*[)\]]"
)


def _joined_v(match: re.Match[str]) -> str:
    """vCPU -> vcpu: the camel case of virtual things is no word boundary."""
    return f" v{match[1].lower()}"


# What punctuation says in headers, before it is thrown away.
_SPELLED = (
    (_YES_NO, " flag "),
    (re.compile(r"\bO/S\b", re.I), " os "),
    (re.compile(r"\bS/N\b", re.I), " serial "),
    (re.compile(r"\bp/s\b", re.I), " per socket "),
    (re.compile(r"\bE-?mails?\b", re.I), " email "),
    (re.compile(r"\bI/O\b", re.I), " io "),
    (re.compile(r"\bN/?A\b"), " "),
    (re.compile(r"(?i)prod(?:uction)?\s*/\s*(?:non|dev|test)"), " environment "),
    (re.compile(r"(?i)[(\[]\s*s\s*[)\]]"), "s"),
    (re.compile(r"^\s*[#№]\s*$"), " row number "),
    (re.compile(r"[#№]\s*(?=\d)"), " "),
    (re.compile(r"[#№]\s*(?=\w)"), " count "),
    (re.compile(r"[#№]\s*$"), " number "),
    (re.compile(r"%"), " percent "),
    # A sign of money by itself ("$/month", "k€"), not one that belongs to a name ("$id").
    (re.compile(r"k?[€£¥]|(?<![\w$])k?\$(?![\w{(])"), " money "),
    (re.compile(r"IP[vV]([46])"), r" ipv\1 "),
    (re.compile(r"(?<![a-zA-Z])[vV]-?(CPU|RAM|NIC|SAN|App|Disk|Cluster|Center|Sphere|Switch|Network)"), _joined_v),
    (re.compile(r"(?<=[a-z])V(CPU)(?=[A-Zs]|$)"), _joined_v),
    (re.compile(r"VMware|VMWare"), " vmware "),
    (re.compile(r"[vV]Motion"), " vmotion "),
    (re.compile(r"(?<![A-Z])([KMGTP]iB|[kKMG]Hz)(?![a-z])"), lambda m: f" {m[1].lower()} "),
    (re.compile(r"ESXi"), " esxi "),
    (re.compile(r"macOS|MacOS"), " macos "),
    (re.compile(r"iSCSI"), " iscsi "),
    (re.compile(r"([A-Z]{2,})s(?![a-z])"), lambda m: " " + m[1].lower() + "s "),
    (re.compile(r"(?<![A-Za-z])(OS|IP|VM|CPU|DNS|MAC|RAM|DB|SQL|VLAN)(?=[a-z]{3})"), lambda m: f" {m[1].lower()} "),
)
_CAMEL = (
    (re.compile(r"(?<=[a-z0-9])(?=[A-Z])"), " "),
    (re.compile(r"(?<=[A-Z])(?=[A-Z][a-z])"), " "),
)
_TRAILING_NUMBER = re.compile(r"^([^\W\d]{2,})(\d+)$")
# Words whose digits belong to them.
_WITH_DIGITS = re.compile(r"^(?:ipv?[46]|x(?:64|86)|amd64|arm64|md5|sha\d+|win32|p9[059]|[567]r|l[2347]|co2|h26[45])$")
_TOKEN = re.compile(r"[^\W_]+")


def fold(text: str) -> str:
    """Lower case, no accents, no invisible characters, full-width and compatibility forms made plain."""
    plain = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text)).casefold().translate(_LETTERS)
    bare = unicodedata.normalize("NFD", plain).translate(_ACCENTS)
    return unicodedata.normalize("NFC", bare)


def has_ideographs(text: str) -> bool:
    """Whether the text is (partly) written without blanks between words."""
    return bool(_IDEOGRAPH.search(text))


def split_words(text: str, *, camel: bool = True) -> list[str]:
    """Folded words of a header: camelCase (unless told not), snake_case, punctuation and trailing numbers split it.

    Bounded: only the first 200 characters are read; a header longer than that is a cell that lost its place.
    """
    spelled = unicodedata.normalize("NFKC", text[:200])
    for pattern, replacement in _SPELLED:
        spelled = pattern.sub(replacement, spelled)
    for pattern, blank in _CAMEL if camel else ():
        spelled = pattern.sub(blank, spelled)
    words: list[str] = []
    for word in _TOKEN.findall(fold(spelled)):
        numbered = None if _WITH_DIGITS.match(word) else _TRAILING_NUMBER.match(word)
        words.extend(numbered.groups() if numbered else (word,))
    return words
