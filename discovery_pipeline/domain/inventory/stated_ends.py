"""Ends of stated relations that no asset answers to: those that read as applications become assets of their own.

Keep out: edges (the dependencies phase) and names in the columns of asset rows (named.py).
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from discovery_pipeline.domain.handoffs import CleanTable
from discovery_pipeline.domain.inventory.named import MENTIONS, NAMES, named_types, summarise
from discovery_pipeline.domain.membership import application_key
from discovery_pipeline.domain.names import IPV4, is_qualified, name_key

# The relation's first words tell which side is served by the other; applications stand there.
_PARENT_IS_SERVED = (
    r"(?i)^\s*(depends|uses|runs on|hosted on|consumes|relies|connects? to|contains|consists|requires|"
    r"nutzt|h[äa]ngt ab|l[äa]uft auf|braucht|d[ée]pend|utilise)"
)
_CHILD_IS_SERVED = (
    r"(?i)^\s*(used by|runs\b|hosts\b|supports|serves|provides|part of|member of|required by|genutzt|wird genutzt)"
)
_APPLICATION_WORDS = (
    r"(?i)\b(app|application|anwendung|service|dienst|portal|system|platform|plattform|erp|crm|hr|payroll|billing|shop|"
    r"banking|suite|reporting|intranet|warehouse|gateway|api)\b"
)
_MACHINE_LIKE = rf"^{IPV4}$|^[^\s]*\d[^\s]*$|^[^\s]+[-_][^\s]+$"

# What speaks for an application, as log-odds on the scale of the classification.
_SERVED, _PARTNER_KNOWN, _WORDED, _SPACED, _MACHINE = 1.5, 1.5, 1.5, 1.0, -3.0


def named_ends(tables: Sequence[CleanTable], known: Sequence[pl.Series], least_confidence: float) -> pl.DataFrame:
    """NAMES of the ends that read as applications with at least this confidence.

    known: series that together hold every key (name_key, application_key, id in lower case) some asset answers to.
    """
    relations = [t for t in tables if t.kind.record == "relationship" and _has_ends(t)]
    if not relations:
        return pl.DataFrame(schema=NAMES)
    names = summarise(_mentions(pl.concat([_ends(t) for t in relations]).collect(), known))
    typed = named_types(names)
    return names.filter((typed.confidence >= least_confidence) & (typed.names == "application"))


def _has_ends(table: CleanTable) -> bool:
    return {"parent", "child", "relationship_type"} <= set(table.frame.collect_schema().names())


def _ends(table: CleanTable) -> pl.LazyFrame:
    """Distinct name, other, served, source of both sides."""
    kind = pl.col("relationship_type").fill_null("")
    sides = [("parent", "child", _PARENT_IS_SERVED), ("child", "parent", _CHILD_IS_SERVED)]
    parts = [
        table.frame.select(
            pl.col(one).str.strip_chars().alias("name"),
            pl.col(other).alias("other"),
            kind.str.contains(served).alias("served"),
            pl.lit(table.info.source).alias("source"),
        )
        for one, other, served in sides
    ]
    return pl.concat(parts).drop_nulls("name").unique()


def _mentions(ends: pl.DataFrame, known: Sequence[pl.Series]) -> pl.LazyFrame:
    """MENTIONS of the unknown ends."""
    # Every key of the estate is held against what is asked: both sides are asked at once.
    answered = _known_among(pl.concat([ends["name"], ends["other"].drop_nulls()]), known).implode()
    unknown = ends.filter(~pl.col("name").is_in(answered))
    name = pl.col("name")
    spaced = name.str.contains(r"\s")
    evidence = (
        _worth(pl.col("served"), _SERVED)
        + _worth(pl.col("other").is_in(answered), _PARTNER_KNOWN)
        + _worth(name.str.contains(_APPLICATION_WORDS), _WORDED)
        + _worth(spaced, _SPACED)
        + _worth(~spaced & (name.str.contains(_MACHINE_LIKE) | is_qualified(name)), _MACHINE)
    )
    return unknown.lazy().select(
        pl.lit("application").alias("type"),
        application_key(name).alias("key"),
        "name",
        "source",
        evidence.alias("evidence"),
        pl.lit(1, MENTIONS["rows"]).alias("rows"),
    )


def _worth(test: pl.Expr, weight: float) -> pl.Expr:
    return test.fill_null(value=False).cast(pl.Float64) * weight


def _known_among(names: pl.Series, known: Sequence[pl.Series]) -> pl.Series:
    """Those of the names under which, in any form, an asset is known."""
    name = pl.col("name")
    forms = {
        "as a machine": name_key(name),
        "as an application": application_key(name),
        "as an id": name.str.strip_chars().str.to_lowercase(),
    }
    asked = names.unique().alias("name").to_frame().with_columns(form.alias(key) for key, form in forms.items())
    wanted = pl.concat([asked[key] for key in forms]).drop_nulls().unique().implode()
    # What is asked is little beside what is known, so what is known is sifted and never gathered.
    found = pl.concat([keys.filter(keys.is_in(wanted)) for keys in known]).unique().implode()
    return asked.filter(pl.any_horizontal(pl.col(key).is_in(found).fill_null(value=False) for key in forms))["name"]
