"""Rules for makers and models of hardware: one spelling for each that exports write in several ways.

Keep out: what a maker or model says of an asset's type (inventory/classification/type_hints.yaml).
"""

from __future__ import annotations

from functools import cache

import polars as pl

from discovery_pipeline.domain.cleansing.rules import TEXT, Rule, Stage, replaced
from discovery_pipeline.domain.cleansing.vocabulary import word_key
from discovery_pipeline.domain.packaged import packaged_yaml

_LEGAL_FORM = (
    r"(?: (?:inc|incorporated|corp|corporation|company|co|ltd|limited|gmbh|ag|sa|plc|llc|bv|kk|international|intl))+$"
)


@cache
def _spellings() -> dict[str, str]:
    makers = packaged_yaml(__package__, "makers.yaml")["makers"]
    return {spelling: maker for maker, spellings in makers.items() for spelling in spellings}


@cache
def maker_stages() -> tuple[Stage, ...]:
    """The stages for names of makers; a maker that is not known keeps its spelling."""
    key = word_key(TEXT).str.replace(_LEGAL_FORM, "")
    known = key.replace_strict(_spellings(), default=None, return_dtype=pl.String)
    return (Stage(pl.lit(True), (Rule("maker_spelling", known.is_not_null(), known),)),)


# Lines of products that their maker writes without its own name in front.
_LINES = (
    "PowerEdge|ProLiant|Synergy|Apollo|Superdome|Integrity|ThinkSystem|ThinkServer|ThinkAgile|PRIMERGY|PRIMEQUEST|"
    "OptiPlex|Latitude|Precision|PowerMax|PowerStore|PowerVault|FlashArray|FlashBlade|FortiGate"
)
_MAKER = (
    r"(?:dell(?: inc\.?| emc)?|hpe?|hewlett[- ]packard(?: enterprise)?|lenovo|ibm|fujitsu|fortinet|pure(?: storage)?)"
)
_POWEREDGE = r"(?i)^(?:dell(?: emc| inc\.?)?[ -]+)?(?:pe ?|poweredge ?)?([rtcm]|mx|xr)(\d{3,4})(xd2?|xs|xa)?$"
_PROLIANT = (
    r"(?i)^(?:hpe?[ -]+)?(?:proliant )?((?:[dm]l|bl|xl)\d{2,3}[a-z]?) ?g(?:en)? ?(\d{1,2})(?: ?(?:\+|plus))?( .*)?$"
)
_NUMBER = TEXT.str.extract(_PROLIANT, 2).cast(pl.Int64, strict=False)


def _poweredge() -> Rule:
    named = TEXT.str.contains(_POWEREDGE) & TEXT.str.contains("(?i)^(?:dell|pe|poweredge)")
    series = TEXT.str.extract(_POWEREDGE, 1).str.to_uppercase()
    number, variant = (TEXT.str.extract(_POWEREDGE, group).fill_null("") for group in (2, 3))
    return Rule("model_poweredge", named, pl.format("PowerEdge {}{}{}", series, number, variant.str.to_lowercase()))


def _proliant() -> Rule:
    """Up to its seventh generation a ProLiant is a "G7", from the eighth on a "Gen8"."""
    line = TEXT.str.extract(_PROLIANT, 1)
    number = pl.when(_NUMBER >= 8).then(pl.format("Gen{}", _NUMBER)).otherwise(pl.format("G{}", _NUMBER))
    plus = pl.when(TEXT.str.contains(r"(?i)\d ?(?:\+|plus)")).then(pl.lit(" Plus")).otherwise(pl.lit(""))
    series = line.str.slice(0, 2).str.to_uppercase() + line.str.slice(2).str.to_lowercase()
    rest = TEXT.str.extract(_PROLIANT, 3).fill_null("")
    return Rule(
        "model_proliant", TEXT.str.contains(_PROLIANT), pl.format("ProLiant {} {}{}{}", series, number, plus, rest)
    )


def _line_spelt() -> pl.Expr:
    """The name of the product line as its maker writes it."""
    spelt = {line.lower(): line for line in _LINES.split("|")}
    line = TEXT.str.extract(rf"(?i)^({_LINES})\b", 1)
    return line.str.to_lowercase().replace_strict(spelt, default=None, return_dtype=pl.String) + TEXT.str.slice(
        line.str.len_chars()
    )


MODEL = (
    Stage(
        TEXT.str.contains(rf"(?i)^(?:{_MAKER}\b|{_LINES}|vmware|pe |(?:[dm]l|bl|xl)\d)"),
        (
            replaced(
                "model_virtual_platform",
                r"(?i)^(?:vmware,? inc\.? ?-? ?)?vmware(?: virtual platform| virtual machine|\d{1,2},\d)$",
                "VMware Virtual Platform",
            ),
            replaced("model_maker_dropped", rf"(?i)^{_MAKER}[ -]+((?:{_LINES})\b.*)$", "${1}"),
            _poweredge(),
            _proliant(),
            Rule("model_line_spelling", _line_spelt().is_not_null(), _line_spelt()),
        ),
    ),
)
