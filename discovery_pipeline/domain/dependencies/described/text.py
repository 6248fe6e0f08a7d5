"""Evidence from depends_on texts: lists of names, as written, as ranges, with qualifiers, as initials, with a typo.

Keep out: what sort of edge a resolved name makes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import polars as pl

from discovery_pipeline.domain.dependencies.described.readings import readings, says_nothing
from discovery_pipeline.domain.dependencies.edges.evidence import evidence_frame, lead_cap
from discovery_pipeline.domain.dependencies.ends.directory import Directory, fold, resolve_names
from discovery_pipeline.domain.dependencies.ends.loose import loose_frame
from discovery_pipeline.domain.dependencies.params import DependencyParams
from discovery_pipeline.domain.dependencies.sharing.shared import service_named

_SPLIT = r"\s*[,;|\n\r]+\s*|\s+\+\s+|\s+&\s+"
# A separator that names hold, too: "SAP / ERP".
_SLASH = re.compile(r"\s+/\s+")
_RANGE = re.compile(r"^(?P<stem>.*?[A-Za-z_\-])(?P<first>\d+)\s*(?P<sign>-|–|/|\.\.)\s*(?P<last>\d+)$")
_MAX_RANGE = 64
_LABEL = "text:depends_on"


@dataclass(frozen=True)
class TextOutcome:
    """evidence: EVIDENCE. unresolved: column name, records: names that nothing answers to. loose: LOOSE of the same."""

    evidence: pl.DataFrame
    unresolved: pl.DataFrame
    loose: pl.DataFrame


def expand_range(name: str) -> list[str]:
    """ "app01-04" -> app01 ... app04, "web1/2" -> web1, web2; anything else is itself."""
    match = _RANGE.match(name)
    if match is None:
        return [name]
    first, last = int(match["first"]), int(match["last"])
    width = len(match["first"]) if match["first"].startswith("0") else 0
    if not first < last <= first + _MAX_RANGE:
        return [name]
    numbers = (first, last) if match["sign"] == "/" else range(first, last + 1)
    return [f"{match['stem']}{n:0{width}d}" for n in numbers]


def _apart(mentions: pl.DataFrame, directory: Directory, params: DependencyParams) -> pl.DataFrame:
    """mentions with names at " / " taken apart, except those that the whole text names, rightly or misspelt."""
    names = mentions["name"].unique().sort().to_list()
    slashed = [name for name in names if _SLASH.search(name) and not _RANGE.match(name)]
    if not slashed:
        return mentions
    whole = set(resolve_names(directory, pl.Series(slashed, dtype=pl.String))["value"])
    whole |= set(_with_typos([name for name in slashed if name not in whole], directory, params)["value"])
    rows = [(name, part) for name in slashed if name not in whole for part in _SLASH.split(name)]
    parts = pl.DataFrame(rows, schema={"name": pl.String(), "part": pl.String()}, orient="row")
    joined = mentions.join(parts, on="name", how="left")
    return joined.select("from_asset", name=pl.coalesce(pl.col("part").str.strip_chars(), "name"))


def _mentions(inventory: pl.DataFrame, directory: Directory, params: DependencyParams) -> pl.DataFrame:
    """Columns from_asset, name: one row per asset and name in its depends_on."""
    listed = (
        inventory.select(from_asset="asset_id", cell="depends_on")
        .explode("cell", empty_as_null=False)
        .drop_nulls("cell")
    )
    # Split by a character no name holds; polars' split takes no pattern.
    parts = listed.with_columns(name=pl.col("cell").str.replace_all(_SPLIT, "\x1f").str.split("\x1f")).explode(
        "name", empty_as_null=False
    )
    single = _apart(parts.drop_nulls("name").select("from_asset", "name"), directory, params)
    named = single.with_columns(pl.col("name").str.strip_chars()).filter(
        pl.col("name").is_not_null() & ~pl.col("name").str.to_lowercase().is_in(says_nothing())
    )
    return named.select("from_asset", "name").unique().sort("from_asset", "name")


def _as_ranges(names: list[str], directory: Directory) -> pl.DataFrame:
    """Matches of names that are ranges, every member of which is an asset."""
    members = [(name, member) for name in names for member in expand_range(name) if member != name]
    expanded = pl.DataFrame(members, schema={"value": pl.String(), "member": pl.String()}, orient="row")
    matches = resolve_names(directory, expanded["member"], "machine").rename({"value": "member"})
    joined = expanded.join(matches, on="member", how="left")
    whole = pl.col("asset_id").is_not_null().all().over("value")
    return joined.filter(whole).select("value", "asset_id", "candidates", score=pl.lit(1.0))


def _as_readings(names: list[str], directory: Directory, params: DependencyParams) -> pl.DataFrame:
    """Matches of names that mean another, or several: the first reading all of whose names are known."""
    rows = [(n, place, part) for n in names for place, reading in enumerate(readings(n)) for part in reading]
    schema = {"value": pl.String(), "place": pl.Int64(), "part": pl.String()}
    parts = pl.DataFrame(rows, schema=schema, orient="row")
    joined = parts.join(resolve_names(directory, parts["part"]).rename({"value": "part"}), on="part", how="left")
    whole = joined.filter(pl.col("asset_id").is_not_null().all().over("value", "place"))
    first = whole.filter(pl.col("place") == pl.col("place").min().over("value"))
    return first.select("value", "asset_id", "candidates", score=pl.lit(params.reading)).unique(["value", "asset_id"])


def _as_initials(names: list[str], directory: Directory, params: DependencyParams) -> pl.DataFrame:
    """Matches of short names that are the initials of one application's name of several words ("AD", "GL")."""
    short = pl.DataFrame({"value": [n for n in names if 2 <= len(n) <= 5]}, schema={"value": pl.String()})
    # "AD" is the directory, whatever Archive Direct's initials are.
    short = short.filter(service_named(pl.col("value")).is_null())
    words = pl.col("key").str.extract_all(r"[\p{L}\p{N}]+")
    initials = words.list.eval(pl.element().str.slice(0, 1)).list.join("")
    offered = directory.names.filter("application").filter(words.list.len() > 1).with_columns(initials=initials)
    joined = (
        short.with_columns(initials=fold(pl.col("value"))).join(offered, on="initials").unique(["value", "asset_id"])
    )
    alone = pl.len().over("value").cast(pl.UInt32)
    return joined.select("value", "asset_id", candidates=alone, score=pl.lit(params.initials))


def _block(name: pl.Expr) -> pl.Expr:
    """Names are compared within a block: same first letter, same digits (app01 is no misspelt app02)."""
    return name.str.slice(0, 1) + name.str.replace_all(r"\D+", "")


def _slips(asked: str, offered: list[str]) -> list[tuple[str, float]]:
    """The names of which two neighbouring characters changed places, with the share of the others in [0, 100].

    A slip of the fingers is surer than its share of a short name's letters ("mxaimo", "GrantO ne").
    """
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    near = process.extract(asked, offered, scorer=OSA.distance, score_cutoff=1, limit=None)
    return [(key, 100.0 - 100.0 / len(asked)) for key, _, _ in near if sorted(key) == sorted(asked)]


def _with_typos(names: list[str], directory: Directory, params: DependencyParams) -> pl.DataFrame:
    """Matches of names that resemble one name of the directory enough, and no other asset's as much."""
    from rapidfuzz import fuzz, process

    schema = {"value": pl.String(), "key": pl.String(), "score": pl.Float64()}
    wanted = pl.DataFrame({"value": [n for n in names if len(n) > 4]}, schema={"value": pl.String()})
    asked = wanted.with_columns(folded=fold(pl.col("value"))).with_columns(block=_block(pl.col("folded")))
    offered = directory.names.select("key").unique().with_columns(block=_block(pl.col("key")))
    blocks = offered.join(asked, on="block", how="semi").sort("key").group_by("block").agg("key")
    rows: list[tuple[str, str, float]] = []
    for value, folded, keys in asked.join(blocks, on="block").select("value", "folded", "key").iter_rows():
        alike = process.extract(folded, keys, scorer=fuzz.ratio, score_cutoff=params.fuzzy_score, limit=8)
        close = [(key, score) for key, score, _ in alike] or _slips(folded, keys)
        rows.extend((value, key, score / 100) for key, score in close if score == close[0][1])
    found = pl.DataFrame(rows, schema=schema, orient="row")
    joined = found.join(directory.names.filter(~pl.col("gone")), on="key").unique(["value", "asset_id"])
    return joined.select("value", "asset_id", "score", candidates=pl.len().over("value").cast(pl.UInt32))


def _matches(names: pl.Series, directory: Directory, params: DependencyParams) -> pl.DataFrame:
    """Columns value, asset_id, candidates, score (1 when exact)."""
    columns = ["value", "asset_id", "candidates", "score"]
    exact = resolve_names(directory, names).with_columns(score=pl.lit(1.0)).select(columns)
    left = names.unique().sort().to_list()
    known = set(exact["value"])
    ranges = _as_ranges([n for n in left if n not in known], directory).select(columns)
    known |= set(ranges["value"])
    meant = _as_readings([n for n in left if n not in known], directory, params).select(columns)
    known |= set(meant["value"])
    initials = _as_initials([n for n in left if n not in known], directory, params).select(columns)
    known |= set(initials["value"])
    typos = _with_typos([n for n in left if n not in known], directory, params).select(columns)
    return pl.concat([exact, ranges, meant, initials, typos]).sort("value", "asset_id")


def text_evidence(inventory: pl.DataFrame, directory: Directory, params: DependencyParams) -> TextOutcome:
    """Evidence of the names in depends_on; a misspelt name weighs its similarity, an ambiguous one makes leads."""
    mentions = _mentions(inventory, directory, params)
    joined = mentions.join(_matches(mentions["name"], directory, params), left_on="name", right_on="value", how="left")
    nobody = joined.filter(pl.col("asset_id").is_null())
    unknown = nobody.group_by("name").agg(records=pl.len().cast(pl.Int64))
    loose = loose_frame(
        nobody.select("name", asset_id="from_asset"), provider=True, relation="depends", label=_LABEL, records=1
    )
    known = joined.filter(
        pl.col("asset_id").is_not_null()
        & (pl.col("asset_id") != pl.col("from_asset"))
        & (pl.col("candidates") <= params.max_candidates)
    ).with_columns(
        to_asset="asset_id",
        weight="score",
        cap=lead_cap(pl.col("candidates"), params),
        records=pl.lit(1, pl.Int64),
    )
    evidence = evidence_frame(known, relation="depends", label=_LABEL, grade="text")
    return TextOutcome(evidence, unknown.sort("records", "name", descending=[True, False]), loose)
