"""The ways in which exports go wrong, as polars expressions over whole columns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

JUNK_SERIALS = ("To be filled by O.E.M.", "Default string", "System Serial Number", "0123456789", "None")


@dataclass(frozen=True)
class Noise:
    """Shares in [0, 1] of the rows concerned; the reasons stand in benchmarks/estates.py."""

    in_cmdb: float = 0.93
    in_agent: float = 0.75
    missing: float = 0.06
    renamed: float = 0.02
    junk_serial: float = 0.20
    shared_uuid: float = 0.002
    reused_address: float = 0.30
    upper_case: float = 0.20
    fqdn_as_name: float = 0.05
    old_memory: float = 0.10
    repeat: float = 0.005
    second_entry: float = 0.01


def chance(rng: np.random.Generator, rows: int, share: float) -> pl.Series:
    """True for a random share of rows."""
    return pl.Series(rng.random(rows) < share)


def missing(frame: pl.DataFrame, rng: np.random.Generator, share: float, columns: list[str]) -> pl.DataFrame:
    """Empties a share of the cells of each of these columns."""
    hit = {c: chance(rng, frame.height, share) for c in columns}
    return frame.with_columns(pl.when(~flags).then(pl.col(c)).alias(c) for c, flags in hit.items())


def written_names(frame: pl.DataFrame, rng: np.random.Generator, noise: Noise, domain: str) -> pl.DataFrame:
    """Column `written`: the name in capitals here, with its domain there."""
    upper, long = (chance(rng, frame.height, share) for share in (noise.upper_case, noise.fqdn_as_name))
    name = pl.when(long).then(pl.format("{}." + domain, "written")).otherwise("written")
    return frame.with_columns(pl.when(upper).then(name.str.to_uppercase()).otherwise(name).alias("written"))


def junk(frame: pl.DataFrame, rng: np.random.Generator, share: float, column: str) -> pl.DataFrame:
    """Hardware serials that the maker forgot to fill in, on physical machines only."""
    words = pl.Series(rng.choice(JUNK_SERIALS, frame.height))
    hit = chance(rng, frame.height, share) & (frame["type"] == "physical_server")
    return frame.with_columns(pl.when(hit).then(words).otherwise(column).alias(column))


def repeated(frame: pl.DataFrame, rng: np.random.Generator, share: float) -> pl.DataFrame:
    """Some rows a second time, cell for cell."""
    return pl.concat([frame, frame.filter(chance(rng, frame.height, share))])


def shuffled(frame: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    return frame[rng.permutation(frame.height)]
