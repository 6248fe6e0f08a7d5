"""Which names a tenant is known to use, gathered from its mapped records. Keep out: how they are hidden (agents)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import polars as pl

from discovery_pipeline.agents.known_names import KnownNames
from discovery_pipeline.files.extraction import part_name
from discovery_pipeline.files.frames import TenantFrames
from discovery_pipeline.services.run_frames import newest_frames

_MACHINES = ("hostname", "fqdn", "hypervisor_host", "source_host", "destination_host")
_DOMAINS = ("dns_domain",)
_PEOPLE = ("business_owner", "technical_owner", "contact_email")
# Kind of name -> the fields whose cells are such names. Serial numbers, addresses and ids are not among them: they are
# hidden by their looks.
_OTHERS = {
    "application": ("application_name",),
    "department": ("department",),
    "site": ("datacenter", "location"),
    "cluster": ("cluster",),
    "account": ("cloud_account",),
    "item": ("parent", "child"),
}
NAMING_FIELDS = frozenset({*_MACHINES, *_DOMAINS, *_PEOPLE, *(name for names in _OTHERS.values() for name in names)})
_LISTED = r"[^;|\n]+"
_QUALIFIED = r"^([^.\s]+)\.([^.\s]+\.\S*[^\d\s.]\S*)$"
_NAME_PART = r"\p{L}[\p{L}\p{M}]{2,}"
# A second column of a field is called field#2.
_NUMBERED = "#"


def known_names(frames: TenantFrames) -> KnownNames:
    """The names in the tenant's canonical records: hosts, domains, people, applications and what else has a name.

    Empty where nothing was mapped yet.
    """
    run = newest_frames(frames)
    if not run.has("canonical_records"):
        return KnownNames()
    return names_in(run.scan("canonical_records", part_name(info.table_no)) for info in run.tables())


def names_in(tables: Iterable[pl.LazyFrame]) -> KnownNames:
    """The names in tables whose columns are called by canonical fields, all of them strings; others are not read."""
    found: dict[str, list[pl.LazyFrame]] = {}
    for table in tables:
        for column in table.collect_schema().names():
            field = column.partition(_NUMBERED)[0]
            if field in NAMING_FIELDS:
                found.setdefault(field, []).append(table.select(pl.col(column).alias("name")))
    cells = {field: _distinct(columns) for field, columns in found.items()}
    machines, domains = _machines(cells)
    return KnownNames(
        {
            "host": machines,
            "domain": domains,
            "person": _people(cells),
            **{kind: _listed(cells, fields) for kind, fields in _OTHERS.items()},
        }
    )


def _distinct(columns: Sequence[pl.LazyFrame]) -> pl.Series:
    return pl.concat(columns).drop_nulls().unique().collect()["name"]


def _machines(cells: Mapping[str, pl.Series]) -> tuple[pl.Series, pl.Series]:
    """Names of machines and domains; a qualified name is found as one of each."""
    names = _all(cells, _MACHINES)
    parts = names.to_frame().select(
        pl.coalesce(pl.col("name").str.extract(_QUALIFIED, 1), "name").alias("machine"),
        pl.col("name").str.extract(_QUALIFIED, 2).alias("domain"),
    )
    domains = parts["domain"].drop_nulls().unique()
    return parts["machine"].unique(), _joined(domains, _all(cells, _DOMAINS))


def _people(cells: Mapping[str, pl.Series]) -> pl.Series:
    """Whole names and each part of them; of addresses of mail what stands before the domain."""
    names = _all(cells, _PEOPLE).str.split("@").list.first()
    return _joined(names, names.str.extract_all(_NAME_PART).explode(empty_as_null=False).drop_nulls().unique())


def _listed(cells: Mapping[str, pl.Series], fields: Sequence[str]) -> pl.Series:
    """Whole cells, and the items of those that list several."""
    names = _all(cells, fields)
    several = names.filter(names.str.contains(r"[;|\n]"))
    return _joined(names, several.str.extract_all(_LISTED).explode(empty_as_null=False).drop_nulls())


def _all(cells: Mapping[str, pl.Series], fields: Sequence[str]) -> pl.Series:
    return _joined(*(cells[field] for field in fields if field in cells))


def _joined(*names: pl.Series) -> pl.Series:
    return pl.concat([pl.Series("name", dtype=pl.String), *(series.alias("name") for series in names)])
