"""What the evidence of a run leaves open, before anything learned is added."""

from __future__ import annotations

import polars as pl

from discovery_pipeline.domain.mapping.candidates import Proposals
from discovery_pipeline.domain.mapping.combine import combine
from discovery_pipeline.domain.vocabulary.lexicon import NO_FIELD

# Columns that their own evidence settles so surely are not compared: no similar header could turn them.
SURE = 0.95


def unsure(proposals: Proposals) -> set[tuple[int, int]]:
    """Columns that nothing speaks for, or nothing surely."""
    likeliest = combine(proposals.profiles, proposals.evidence).unique(["table_no", "position"], keep="first")
    # That most labelled columns of unknown words carry nothing is no reason not to ask what this one carries.
    is_reason = (pl.col("weight") > 0) & ((pl.col("source") != "examples") | (pl.col("field") != NO_FIELD))
    spoken = proposals.evidence.filter(is_reason).select("table_no", "position", "field").unique()
    sure = likeliest.filter(pl.col("confidence") >= SURE).join(spoken, on=["table_no", "position", "field"], how="semi")
    left = proposals.profiles.join(sure, on=["table_no", "position"], how="anti")
    return set(left.select("table_no", "position").iter_rows())


def in_plain_words(proposals: Proposals) -> set[tuple[int, int]]:
    """Columns whose header the vocabulary knows, table and position: it names a field, or says that it is none."""
    known = proposals.evidence.filter(pl.col("source") == "lexicon").select("table_no", "position").unique()
    return set(known.iter_rows())


def named_by_headers(proposals: Proposals) -> dict[tuple[int, int, str], float]:
    """What headers say by themselves, as it is added up: table, position, field -> log-odds."""
    said = pl.col("said").struct
    rows = combine(proposals.profiles, proposals.evidence).select(
        "table_no", "position", "field", said.field("lexicon") + said.field("product")
    )
    return {(table, position, field): weight for table, position, field, weight in rows.iter_rows() if weight}
