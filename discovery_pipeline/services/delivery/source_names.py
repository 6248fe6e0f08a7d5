"""The default source of a file: its name without dates and counters, so the next delivery finds the same source."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

NAMELESS = "export"

EXTENSIONS = re.compile(
    r"\.(csv|tsv|tab|txt|psv|dat|log|xlsx|xlsm|xlsb|xls|ods|json|jsonl|ndjson|parquet|pq|xml|ya?ml|html?"
    r"|gz|gzip|zip|bz2|xz|zst|tar|tgz|7z)$",
    re.IGNORECASE,
)
MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sep(?:t(?:ember)?)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
YEAR, MM, DD, SEP = r"(?:19|20)\d\d", r"(?:0[1-9]|1[0-2])", r"(?:0[1-9]|[12]\d|3[01])", r"[-_. ]?"
TIME = r"(?:[T_ .-]{1,3}(?:[01]\d|2[0-3])[-_.:h]?[0-5]\d(?:[-_.:m]?[0-5]\d)?(?:[.,]\d+)?(?:Z|[+-]\d{4})?)?"
# A whole date may touch letters (servers20250301); any other stands alone, lest half a product number be taken for one.
DATES = [
    re.compile(rf"(?<!\d){YEAR}{SEP}{MM}{SEP}{DD}{TIME}(?!\d)", re.IGNORECASE),
    *(
        re.compile(rf"(?<![^\W_])(?:{pattern})(?![^\W_])", re.IGNORECASE)
        for pattern in (
            rf"{DD}[-_. ]?{MM}{SEP}{YEAR}{TIME}",
            rf"{MM}[-_.]{DD}[-_.]{YEAR}{TIME}",
            rf"{DD}{SEP}{MONTH}{SEP}(?:{YEAR}|\d\d){TIME}",
            rf"{YEAR}{SEP}{MONTH}(?:{SEP}{DD})?{TIME}",
            rf"{MONTH}{SEP}(?:{DD}[-_. ,]{{1,2}})?{YEAR}{TIME}",
            rf"{YEAR}{SEP}(?:q[1-4]|(?:w|kw|cw){SEP}[0-5]?\d|h[12])",
            rf"(?:q[1-4]|(?:w|kw|cw)[0-5]?\d|h[12]){SEP}{YEAR}",
            rf"{YEAR}{SEP}{MM}",
            rf"{MM}[-_.]{YEAR}",
            r"1\d{9}(?:\d{3})?",  # seconds or milliseconds since 1970
        )
    ),
]
COPY = r"cop(?:y|ie|ia)|kopie"
COUNTER_AT_END = re.compile(
    rf"(?:[\s_.-]*(?:\(\d+\)|\[\d+\])|[\s_.-]+(?:v|ver|rev|r|part|pt)?[\s_.-]?\d+(?:\.\d+)*"
    rf"|[\s_-]+(?:{COPY})(?:\s*\(?\d+\)?)?|\((?:{COPY})\s*\d*\))$",
    re.IGNORECASE,
)
COUNTER_AT_START = re.compile(rf"^(?:(?:{COPY})(?: \(\d+\))? (?:of|von|de) |\d+[\s_.-]+)", re.IGNORECASE)
SEPARATORS = " \t_-.,+"
GAP = "\x00"  # stands where a date was; no file name holds it


def default_source(file: str) -> str:
    """The source of a file ingested without --source.

    file: path relative to what was ingested, with slashes. A name that is nothing but a date takes its folder's.
    `cmdb_export_2025-03-01 (2).csv` -> `cmdb_export`. Never empty.
    """
    path = PurePosixPath(file)
    for part in (path.name, *reversed(path.parent.parts)):
        name = undated(_without_extensions(part))
        if name:
            return name
    return NAMELESS


def series_of(file: str) -> str:
    """What stays the same of a file's path from one delivery to the next: folder, undated name, extension."""
    path = PurePosixPath(file)
    stem = _without_extensions(path.name)
    folders = (undated(part) or NAMELESS for part in path.parent.parts)
    return "/".join((*folders, (undated(stem) or NAMELESS) + path.name[len(stem) :]))


def table_series_of(file: str, table: str) -> str:
    """What stays the same of a table's name: undated where it is the file's own; a sheet keeps its name whole."""
    name = PurePosixPath(file.rsplit("!/", 1)[-1]).name
    return (undated(table) or NAMELESS) if f"{name}.".startswith(f"{table}.") else table


def undated(stem: str) -> str:
    """A name without dates, times and counters; "" when nothing else is in it."""
    for date in DATES:
        stem = date.sub(GAP, stem)
    stem = re.sub(rf"[(\[]{GAP}[)\]]", GAP, stem)
    # Of the separators on the two sides of a date, the ones before it stay: cmdb_20250301-full is cmdb_full.
    stem = re.sub(rf"([\s_.-]*){GAP}(?:[\s_.-]|{GAP})*", lambda match: match[1] or " ", stem)
    return _without_counters(stem.strip(SEPARATORS)).strip(SEPARATORS)


def _without_counters(stem: str) -> str:
    """Take counters off both ends as long as something is left."""
    while True:
        shorter = COUNTER_AT_START.sub("", COUNTER_AT_END.sub("", stem)).strip(SEPARATORS)
        if shorter == stem or not shorter:
            return stem if re.search(r"[^\W\d_]", stem) else ""
        stem = shorter


def _without_extensions(name: str) -> str:
    while (match := EXTENSIONS.search(name)) and match.start() > 0:
        name = name[: match.start()]
    return name
