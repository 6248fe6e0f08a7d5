"""How often exports go wrong, as data, and the wrongs that every export shares, as polars expressions over columns.

Shares are of the rows concerned. Where a figure of the field is known it stands beside the share; all others are our
judgement of what large estates deliver, and every seed varies each share by up to a third, so that nothing can be
fitted to one of them. Keep out: which machines exist (population), what a source holds (views).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Literal

import numpy as np
import polars as pl

Profile = Literal["clean", "messy", "hard", "rough"]

VARIED = 1 / 3


@dataclass(frozen=True)
class Noise:
    """Shares in [0, 1].

    Of servers, one story each: retired (gone, still listed), renamed and readdressed (the CMDB knows the former name,
    the former address), twins (two nodes of a cluster), clones (made with another's BIOS UUID), colliding (the short
    name of a machine in another domain), chassis (blades that report the serial of their enclosure).
    Of retired servers: successor (its name went to the machine that took over, its address as well for `same_address`
    of these), reused_address (its address went to another machine), lingering (still listed by the hypervisor, off).
    Of rows of a source: in_* known to it; empty cells; placeholders; estate's own placeholders; mistyped serials;
    old values; names in capitals, with domain, as DOMAIN\\host; exact repeats; second entries; obsolete entries of
    agents; names that only people see (display_name); a cluster's address before the own one (shared_first); no status;
    the bridge of a container runtime, with the same address and MAC everywhere; desktops whose address was another's
    then (leased); serial numbers without their leading zeros (mangled); addresses that no name answers (nameless).
    """

    retired: float = 0.03
    successor: float = 0.5
    same_address: float = 0.5
    reused_address: float = 0.3
    lingering: float = 0.0
    renamed: float = 0.0
    readdressed: float = 0.0
    twins: float = 0.0
    clones: float = 0.0
    cloned_mac: float = 0.3
    colliding: float = 0.0
    chassis: float = 0.0
    in_cmdb: float = 0.93
    in_agent: float = 0.75
    in_sheet: float = 0.45
    in_cloud: float = 0.98
    missing: float = 0.01
    junk_serial: float = 0.02
    own_junk: float = 0.0
    junk_uuid: float = 0.0
    junk_mac: float = 0.0
    mistyped: float = 0.0
    old_memory: float = 0.0
    old_system: float = 0.0
    old_environment: float = 0.0
    upper_case: float = 0.2
    fqdn_as_name: float = 0.0
    domain_host: float = 0.0
    repeat: float = 0.0
    second_entry: float = 0.0
    template: float = 0.005
    snapshot: float = 0.01
    display_name: float = 0.0
    shared_first: float = 0.0
    no_status: float = 0.0
    obsolete: float = 0.0
    bridge: float = 0.0
    leased: float = 0.0
    mangled: float = 0.0
    in_scan: float = 0.6
    nameless: float = 0.0


# Serial numbers that are placeholders: 20 % of physical machines is what self-built and refurbished hardware reports.
CLEAN = Noise()
MESSY = Noise(
    retired=0.04, successor=0.4, lingering=0.1, renamed=0.02, readdressed=0.03, twins=0.03, clones=0.003,
    colliding=0.01, chassis=0.005, missing=0.06, junk_serial=0.10, own_junk=0.01, junk_uuid=0.004, junk_mac=0.004,
    mistyped=0.005, old_memory=0.10, old_system=0.03, old_environment=0.02, fqdn_as_name=0.05, domain_host=0.02,
    repeat=0.005, second_entry=0.01, template=0.01, snapshot=0.03, display_name=0.03,
    shared_first=0.05, no_status=0.03, obsolete=0.01, bridge=0.03, leased=0.3, mangled=0.3, nameless=0.1,
)  # fmt: skip
HARD = replace(
    MESSY, retired=0.07, successor=0.6, lingering=0.25, renamed=0.05, readdressed=0.05, twins=0.08, clones=0.012,
    colliding=0.04, chassis=0.02, missing=0.09, junk_serial=0.20, own_junk=0.03, junk_uuid=0.015, junk_mac=0.015,
    mistyped=0.01, second_entry=0.015, fqdn_as_name=0.08, domain_host=0.04, template=0.015,
    snapshot=0.05, display_name=0.06, shared_first=0.15, no_status=0.08, obsolete=0.02,
    bridge=0.06, leased=0.5, mangled=0.5, nameless=0.2,
)  # fmt: skip
PROFILES: Mapping[Profile, Noise] = {"clean": CLEAN, "messy": MESSY, "hard": HARD, "rough": MESSY}


def drawn(profile: Profile, rng: np.random.Generator) -> Noise:
    """The shares of one estate: the profile's, each up to VARIED smaller or larger, never above 1."""
    shares = asdict(PROFILES[profile])
    factors = rng.uniform(1 - VARIED, 1 + VARIED, len(shares))
    kept = {
        name: share if name.startswith("in_") else min(1.0, share * f)
        for (name, share), f in zip(shares.items(), factors, strict=True)
    }
    return Noise(**kept)


def chance(rng: np.random.Generator, rows: int, share: float) -> pl.Series:
    """True for a random share of rows."""
    return pl.Series(rng.random(rows) < share)


def emptied(frame: pl.DataFrame, rng: np.random.Generator, share: float, columns: Sequence[str]) -> pl.DataFrame:
    """Empties a share of the cells of each column; of a row with a story at most one, so that it can be told at all."""
    one = rng.integers(0, len(columns), frame.height)
    plain = pl.col("story") == ""
    return frame.with_columns(
        pl.when(chance(rng, frame.height, share) & (plain | pl.Series(one == number)))
        .then(None)
        .otherwise(column)
        .alias(column)
        for number, column in enumerate(columns)
    )


def replaced(
    frame: pl.DataFrame, rng: np.random.Generator, share: float, column: str, words: Sequence[str], where: pl.Expr
) -> pl.DataFrame:
    """Puts one of `words` into a share of the cells that `where` names."""
    picked = pl.Series(rng.choice(list(words), frame.height))
    return frame.with_columns(
        pl.when(chance(rng, frame.height, share) & where).then(picked).otherwise(column).alias(column)
    )


def mistyped(frame: pl.DataFrame, rng: np.random.Generator, share: float, column: str) -> pl.DataFrame:
    """Swaps the third and fourth character, or reads an O for a zero, in a share of the cells."""
    text = pl.col(column)
    turned = text.str.slice(0, 2) + text.str.slice(3, 1) + text.str.slice(2, 1) + text.str.slice(4)
    wrong = (
        pl.when(text.str.contains("0", literal=True)).then(text.str.replace("0", "O", literal=True)).otherwise(turned)
    )
    return frame.with_columns(pl.when(chance(rng, frame.height, share)).then(wrong).otherwise(text).alias(column))


def repeated(frame: pl.DataFrame, rng: np.random.Generator, share: float) -> pl.DataFrame:
    """Some rows a second time, cell for cell."""
    return pl.concat([frame, frame.filter(chance(rng, frame.height, share))])


def shuffled(frame: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    return frame[rng.permutation(frame.height)]
