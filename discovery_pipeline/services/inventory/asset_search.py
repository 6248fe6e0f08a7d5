"""Finds the one asset or field that a person names, and says what an asset is called."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Any

import polars as pl

from discovery_pipeline.domain.errors import UsageError
from discovery_pipeline.domain.schema import fields
from discovery_pipeline.services.run_frames import RunFrames

# The first group in which anything matches decides.
NAMES = ("hostname", "fqdn")
IDENTIFIERS = ("source_id", "serial_number", "uuid", "asset_tag")
CANDIDATES_SHOWN = 10


def known_field(name: str) -> str:
    """The canonical asset field of this name. Raises UsageError with the nearest ones when there is none."""
    if name in fields("asset"):
        return name
    near = get_close_matches(name, list(fields("asset")), n=3, cutoff=0.6)
    raise UsageError(
        f"there is no field {name!r}", where="FIELD", advice=f"did you mean {', '.join(near)}?" if near else ""
    )


def find_asset(run: RunFrames, wanted: str) -> dict[str, Any]:
    """The inventory row of an asset, by asset_id, by name, or by another identifier; case does not matter.

    Raises UsageError when there is none, or when several have the name (listing them).
    """
    return find_asset_row(run, wanted).row(0, named=True)


def find_asset_row(run: RunFrames, wanted: str) -> pl.DataFrame:
    """The same as a frame of one row. Raises what find_asset does."""
    inventory = run.scan("inventory", "inventory")
    for condition in _conditions(wanted):
        found = inventory.filter(condition).sort("asset_id").head(CANDIDATES_SHOWN + 1).collect()
        if len(found) == 1:
            return found
        if len(found) > 1:
            raise _ambiguous(wanted, found)
    raise UsageError(f"no asset is called {wanted!r}", where=run.tenant, advice=_advice(inventory, wanted))


def display_name(asset: dict[str, Any]) -> str:
    """What people call the asset."""
    applications = asset["application_name"] or []
    own = applications[0] if asset["classified_type"] == "application" and applications else None
    return str(own or asset["hostname"] or asset["fqdn"] or asset["source_id"] or asset["asset_id"])


def _conditions(wanted: str) -> list[pl.Expr]:
    text = wanted.strip().lower()
    application = (pl.col("classified_type") == "application") & pl.col("application_name").list.eval(
        pl.element().str.to_lowercase() == text
    ).list.any()
    names = [pl.col(c).str.to_lowercase() == text for c in NAMES]
    identifiers = [pl.col(c).str.to_lowercase() == text for c in IDENTIFIERS]
    addresses = pl.col("ip_address").list.contains(text)
    return [
        pl.col("asset_id") == text,
        pl.any_horizontal(*names, application),
        pl.any_horizontal(*identifiers, addresses),
    ]


def _ambiguous(wanted: str, found: pl.DataFrame) -> UsageError:
    shown = [
        f"{row['asset_id']} ({row['classified_type']}, {row['fqdn'] or row['hostname'] or row['source_id']})"
        for row in found.head(CANDIDATES_SHOWN).iter_rows(named=True)
    ]
    more = " and more" if len(found) > CANDIDATES_SHOWN else ""
    return UsageError(
        f"several assets are called {wanted!r}", where="ASSET", advice=f"name one by its id: {', '.join(shown)}{more}"
    )


def _advice(inventory: pl.LazyFrame, wanted: str) -> str:
    names = inventory.select("hostname").drop_nulls().unique().collect().get_column("hostname")
    starting = names.filter(names.str.to_lowercase().str.starts_with(wanted.strip().lower()[:4])).sort()
    near = get_close_matches(wanted, starting.head(1000).to_list(), n=3, cutoff=0.6)
    return f"did you mean {', '.join(near)}?" if near else "search the inventory; discovery export lists every asset"
