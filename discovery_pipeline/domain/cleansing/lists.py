"""Rules that find the items of a list in one cell."""

from __future__ import annotations

import polars as pl

from discovery_pipeline.domain.cleansing.rules import SEPARATOR, TEXT, Rule, Stage, replaced

_COMPANY = r"(?i),\s*(?:inc|ltd|llc|gmbh|corp|co|kg|ag|sa|s\.a|plc|bv|b\.v|limited|incorporated)\b"
_PART = r"[^,;|\n]"
# A comma parts items only when every piece is short: "Payroll, Benefits" but not "Handles claims, letters and ...".
_COMMA_LIST = rf"^{_PART}{{1,40}}(?:,{_PART}{{1,40}})+$"
_SENTENCE = r"(?i)\s(?:and|und|et|y|the|der|die|das|which|with|for|mit|für)\s"
_WORDY = r"(?:^|,)\s*(?:[^\s,]+\s+){5,}"


def _names_split() -> tuple[Rule, ...]:
    comma = (
        TEXT.str.contains(r",")
        & TEXT.str.split(SEPARATOR)
        .list.eval(pl.element().str.contains(_COMMA_LIST) | ~pl.element().str.contains(",", literal=True))
        .list.all()
        & ~TEXT.str.contains(_COMPANY)
        & ~TEXT.str.contains(_SENTENCE)
        & ~TEXT.str.contains(_WORDY)
        & ~TEXT.str.contains(r"\d,\d")
    )
    return (
        Rule(
            "list_brackets",
            TEXT.str.contains(r"^[\[{(].*[\]})]$"),
            TEXT.str.strip_chars("[]{}()").str.replace_all(r"""["']""", ""),
        ),
        Rule("list_split", TEXT.str.contains(r"[;|\n]"), _parts(r"[;|\n]+")),
        Rule("list_split_comma", comma, _parts(",")),
    )


def _parts(separators: str) -> pl.Expr:
    return (
        TEXT.str.replace_all(rf"\s*{separators}\s*", SEPARATOR)
        .str.replace_all(rf"{SEPARATOR}{{2,}}", SEPARATOR)
        .str.strip_chars(f"{SEPARATOR} ")
    )


NAMES = Stage(TEXT.str.contains(r"[;|\n,\[{(]"), _names_split())

ADDRESSES = Stage(
    ~TEXT.str.contains(rf"^[0-9A-Fa-f:.{SEPARATOR}]+(?:/\d{{1,3}})?$"),
    (
        # The commonest list, without a look at what other rules mend.
        Rule(
            "ip_split_list",
            TEXT.str.contains(r"^[0-9A-Fa-f:.]+(?:[,;|\n] ?[0-9A-Fa-f:.]+)+$"),
            TEXT.str.replace_all(r"[,;|\n] ?", SEPARATOR),
        ),
        replaced("ip_note_stripped", r"\s*\([^)]*\)", ""),
        replaced("ip_url", r"(?i)^[a-z]+://(\[[0-9a-f:]+\]|[0-9.]+)(?:[:/].*)?$", "${1}"),
        replaced("ip_words_between", r"(?i)\s+(?:and|und|et|y|e|&)\s+|\s*<br\s*/?>\s*|\s*[+#&]\s*", ", "),
        # A label has a letter that no IPv6 address has.
        replaced("ip_label_stripped", r"\b[A-Fa-f]*[g-zG-Z][\w.-]*\s*[:=]\s*(\d|\[?[0-9A-Fa-f]*:)", "${1}"),
        Rule(
            "list_brackets",
            TEXT.str.contains(r"""^(?:\[[^:\]]*['".].*\]|\{.*\}|\(.*\))$|["']"""),
            TEXT.str.strip_chars("{}()").str.replace_all(r"""^\[|\]$|["']""", ""),
        ),
        # "10.0.0.1 /24" is one address; "10.0.0.1 / 10.0.0.2" and "10.0.0.1/10.0.0.2" are two.
        replaced("ip_prefix_joined", r"\s+/\s?(\d{1,3})\b(?:([^.\d])|$)", "/${1}${2}"),
        Rule(
            "ip_split_list",
            TEXT.str.contains(r"[;|\n, ]|\d\.\d+/\d+\.\d+\.\d") & ~TEXT.str.contains(r"/255\.\d+\.\d+\.\d+$"),
            _parts(r"(?:[;|\n, ]|\s/\s)+").str.replace_all(
                r"(\.\d+)/(\d+\.\d+\.\d+\.\d+)", "${1}" + SEPARATOR + "${2}"
            ),
        ),
    ),
)

_ADAPTER = "[0-9a-z_-]*[g-z][0-9a-z_-]*"
HARDWARE_ADDRESSES = Stage(
    TEXT.str.contains(r"[;|\n, /\[{(<]"),
    (
        replaced("mac_in_brackets", r"^\d+\.\d+\.\d+\.\d+\s*\(([0-9A-Fa-f:.-]{12,17})\)$", "${1}"),
        replaced("mac_note_stripped", r"\s*[\[(][^\])]*[g-zG-Z][^\])]*[\])]", ""),
        replaced("mac_words_between", r"(?i)\s*<br\s*/?>\s*", ", "),
        Rule("list_brackets", TEXT.str.contains(r"""[\[\]{}()"']"""), TEXT.str.replace_all(r"""[\[\]{}()"']""", "")),
        # A label has a letter that no address has: "eth0", "lo", "NIC 1".
        replaced("mac_label_stripped", rf"(?i)\b{_ADAPTER}(?: \d)?\s*[:=]\s*([0-9a-f]{{2}})", "${1}"),
        replaced("mac_label_stripped", rf"(?i)\b{_ADAPTER}\s+([0-9a-f]{{2}}[:.-])", "${1}"),
        Rule("mac_split_list", TEXT.str.contains(r"[;|\n,/]"), _parts(r"[;|\n,/]+")),
        # Six blanks-parted pairs are one address ("00 50 56 9A 01 02"); otherwise a blank parts addresses.
        Rule(
            "mac_split_list",
            TEXT.str.contains(r"[0-9A-Fa-f]{2,} +[0-9A-Fa-f]{2,}") & ~TEXT.str.contains(r"^(?:[0-9A-Fa-f]{2} ){5}"),
            _parts(" +"),
        ),
    ),
)

_ITEMS = TEXT.str.split(SEPARATOR).list
UNIQUE = Stage(
    TEXT.str.contains(SEPARATOR),
    (Rule("list_unique", _ITEMS.n_unique() < _ITEMS.len(), _ITEMS.unique(maintain_order=True).list.join(SEPARATOR)),),
)
