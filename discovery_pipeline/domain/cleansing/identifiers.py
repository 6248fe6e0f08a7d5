"""Rules for identifiers: UUIDs, serial numbers, tags and record keys, and the junk that stands in their place."""

from __future__ import annotations

import polars as pl

from discovery_pipeline.domain.cleansing.rules import TEXT, Rule, Stage, Trouble, nulled, replaced

_TOO_LONG = Trouble(
    "too_long", "warning", "longer than any identifier (255 characters); left empty",
    "look at the rows: a cell may have slipped",
)  # fmt: skip
_SCIENTIFIC = Trouble(
    "scientific_notation_identifier", "warning",
    "a number made by a spreadsheet, which cut digits off; it identifies nothing and was left empty",
    "format the column as text in the spreadsheet and export it again",
)  # fmt: skip

_UUID = r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"
_BLOCKS = r"^(.{8})(.{4})(.{4})(.{4})(.{12})$"
_PREFIX = r"(?:urn:)?(?:[ug]uid[:= ] ?)?(?:vmware-)?"
_LOOSE_UUID = rf"(?i)^{_PREFIX}[{{(]?[0-9a-f]{{2}}(?:[ -]?[0-9a-f]{{2}}){{15}}[)}}]?$"
_HEX = TEXT.str.to_lowercase().str.replace(f"^{_PREFIX}", "").str.replace_all("[^0-9a-f]", "")
_NOT_A_UUID = Trouble(
    "unparsable_value",
    "warning",
    "no UUID; left empty",
    "correct them in the source, or map the column to another field",
)
# What a cloud calls an instance stands for its UUID: "i-0abc12def", "/subscriptions/1/virtualmachines/web".
_CLOUD_ID = r"^(?:[im]-[0-9a-z]{6,}|/.+/.+|(?:arn:|ocid1\.).+|\d{15,20})$"
# Set by mainboard makers on every board they sold.
_COMMON_UUIDS = (
    "03000200-0400-0500-0006-000700080009",
    "00020003-0004-0005-0006-000700080009",
    "12345678-1234-5678-90ab-cddeefaabbcc",
    "12345678-1234-1234-1234-123456789abc",
    "fefefefe-fefe-fefe-fefe-fefefefefefe",
    "ffffffff-ffff-ffff-ffff-fffffffffffe",
)

_JUNK_WORDS = (
    r"(?i)^(?:see |siehe |ask |vm$|virtual$|vmware(?:,? inc\.?)?$|(?:to be )?filled|.*\bby o\.?e\.?m|"
    r"system serial|default|not |kein|no serial|no asset)"
)
_ONE_DIGIT = "^(?:" + "|".join(f"{digit}[{digit}-]*" for digit in "0123456789abcdef") + ")$"
_ONE_CHARACTER = "^(?:" + "|".join(f"[{c}]+" for c in ("0", *"123456789", "Xx", "Nn", ".", "*", "#", "-")) + ")$"
_COUNTING = (
    r"(?i)^0?12345(?:6(?:7(?:89?0?)?)?)?$|^(?:0123456789|9876543210|1234567890|abcdef\w{0,4}|abc123|test\d{0,3}|"
    r"serial(?:number)?|s/n|sn)$"
)

_LONG = Stage(TEXT.str.len_bytes() > 255, (nulled("too_long", TEXT.str.len_chars() > 255, _TOO_LONG),))
_CUT = Stage(
    TEXT.str.contains(r"^\d[.,]?\d*[eE]\+"),
    (nulled("scientific_notation_to_null", TEXT.str.contains(r"^\d(?:[.,]\d+)?[eE]\+\d{1,3}$"), _SCIENTIFIC),),
)
# One cheap pattern that all junk matches.
_SUSPECT = (
    r"(?i)^(?:see |siehe |ask |vm|virtual|to be|filled|system|default|not |kein|no |serial|s/n|sn|abc|test|0?123|9876|"
    r".$|00|11|22|33|44|55|66|77|88|99|xx|nn|\.\.|\*\*|##|--)|by o"
)
_JUNK = Stage(
    TEXT.str.contains(_SUSPECT),
    (
        nulled(
            "junk_identifier_to_null",
            (TEXT.str.len_bytes() <= 40)
            & (TEXT.str.contains(_JUNK_WORDS) | TEXT.str.contains(_ONE_CHARACTER) | TEXT.str.contains(_COUNTING)),
        ),
    ),
)

UUID = (
    _LONG,
    _CUT,
    Stage(
        ~TEXT.str.contains(_UUID),
        (
            Rule("uuid_lowercase", TEXT.str.contains(f"(?i){_UUID}"), TEXT.str.to_lowercase()),
            Rule(
                "uuid_normalise", TEXT.str.contains(_LOOSE_UUID), _HEX.str.replace(_BLOCKS, "${1}-${2}-${3}-${4}-${5}")
            ),
            Rule("uuid_lowercase", TEXT.str.contains(r"\p{Lu}"), TEXT.str.to_lowercase()),
        ),
    ),
    Stage(
        TEXT.str.contains(f"^(?:0300|0002|1234|fefe|{'|'.join(digit * 4 for digit in '0123456789abcdef')})"),
        (nulled("uuid_common_to_null", TEXT.str.contains(_ONE_DIGIT) | TEXT.is_in(_COMMON_UUIDS)),),
    ),
    Stage(
        ~TEXT.str.contains(_UUID),
        (
            nulled("uuid_common_to_null", TEXT.str.contains(_ONE_DIGIT)),
            nulled("not_a_uuid", ~TEXT.str.contains(_CLOUD_ID), _NOT_A_UUID),
        ),
    ),
)
_UPPER = Stage(TEXT.str.contains(r"\p{Ll}"), (Rule("serial_uppercase", pl.lit(True), TEXT.str.to_uppercase()),))
_LABEL = r"(?i)^(?:s/n|sn|serial(?: ?no\.?| ?number)?|service tag|asset tag)\s*[:#=]\s*(\S.*)$"
# Behind the words themselves a blank is enough where a number follows.
_WORDS = r"(?i)^(?:s/n|serial ?(?:no\.?|nr\.?|number)|service tag|asset tag)\s+(\S*\d\S*)$"
_LABELLED = Stage(
    TEXT.str.contains(r"^[sSaA](?:[^:#=]{0,14}[:#=]|[^ ]{1,6} )"),
    (replaced("identifier_label_dropped", _LABEL, "${1}"), replaced("identifier_label_dropped", _WORDS, "${1}")),
)
SERIAL = (_LONG, _CUT, _LABELLED, _JUNK, _UPPER)
TAG = (_LONG, _CUT, _LABELLED, _JUNK)
RECORD_ID = (_LONG, _CUT)
