"""The inventory phase as one function: clean records of all sources in, one row per real thing out.

Keep out: the steps themselves, which have a module each.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from discovery_pipeline.domain.handoffs import INVENTORY, LINEAGE, CleanTable
from discovery_pipeline.domain.inventory.assemble import (
    Values,
    merge_values,
    origin_columns,
    review_fields,
    sources_and_counts,
    value_columns,
    with_own_names,
)
from discovery_pipeline.domain.inventory.changes import Before, first_run, vanished
from discovery_pipeline.domain.inventory.decisions.absorbed import Absorbed, absorb, with_aliases
from discovery_pipeline.domain.inventory.decisions.corrected import with_types, with_values
from discovery_pipeline.domain.inventory.decisions.fates import corrected, fate_of_decisions, find_unapplied
from discovery_pipeline.domain.inventory.described import Described, describe
from discovery_pipeline.domain.inventory.details import Attached, attach_details, summarise_details
from discovery_pipeline.domain.inventory.doubts import InventoryDoubts, inventory_doubts
from discovery_pipeline.domain.inventory.identities.identity import Identity, Texts, assign_ids
from discovery_pipeline.domain.inventory.identities.identity_texts import described_texts, typed_name_texts
from discovery_pipeline.domain.inventory.identities.wishes import NO_WISHES
from discovery_pipeline.domain.inventory.matching.doubtful_joins import joins_frame
from discovery_pipeline.domain.inventory.matching.look_alikes import find_look_alikes, look_alikes
from discovery_pipeline.domain.inventory.matching.shared_ids import find_shared
from discovery_pipeline.domain.inventory.named import named_rows, names_given, undescribed
from discovery_pipeline.domain.inventory.params import InventoryParams
from discovery_pipeline.domain.inventory.records import gather_records
from discovery_pipeline.domain.inventory.stated_ends import named_ends
from discovery_pipeline.domain.inventory.summary import summarise_run
from discovery_pipeline.domain.inventory.tables import Infos, Tables
from discovery_pipeline.domain.inventory.values.claims import Claims, gather_claims
from discovery_pipeline.domain.inventory.values.conflicts import find_conflicts
from discovery_pipeline.domain.learning.rules import Rules


@dataclass(frozen=True)
class InventoryOutcome:
    """What the phase hands on.

    inventory: INVENTORY, by asset_id; the vanished assets of the baseline included. lineage: LINEAGE of every row of
    the asset tables that is not in set_aside, by table_no and row. origin: asset_id and per claimed field f the columns
    f (record_no) and f__rule. registry: new or changed rows. merged: MERGED. set_aside, findings: as in handoffs.
    corrected: what people decided of which asset. standings, agreement: STANDINGS and AGREEMENT of the tables.
    conflicts, look_alikes, doubtful_joins: as in handoffs. summary: counts for a person. doubts: where params asked for
    them.
    """

    inventory: pl.DataFrame
    lineage: pl.DataFrame
    origin: pl.DataFrame
    registry: pl.DataFrame
    merged: pl.DataFrame
    set_aside: pl.DataFrame
    findings: pl.DataFrame
    look_alikes: pl.DataFrame
    doubtful_joins: pl.DataFrame
    conflicts: pl.DataFrame
    corrected: pl.DataFrame
    standings: pl.DataFrame
    agreement: pl.DataFrame
    summary: dict[str, Any]
    doubts: InventoryDoubts = field(default_factory=InventoryDoubts)


_DEFAULTS = InventoryParams()
_NO_RULES = Rules()


def reconcile(
    tables: Sequence[CleanTable],
    registry: pl.DataFrame,
    before: Before,
    tenant: str,
    params: InventoryParams = _DEFAULTS,
    *,
    rules: Rules = _NO_RULES,
) -> InventoryOutcome:
    """Bring the records of all tables together.

    tables: every clean table of the run; relationships are read for the applications that they name, connections not
    at all. registry: REGISTRY of the tenant, empty on the first run. before: what was there. rules: what people
    decided; it wins over everything that the records say.
    """
    ordered = sorted(tables, key=lambda table: table.info.table_no)
    by_no = {table.info.table_no: (table.info, table.kind) for table in ordered}
    infos = {no: info for no, (info, _) in by_no.items()}
    gathered = gather_records(ordered)
    described = describe(gathered.assets, by_no, params, rules.same)

    # Who the assets are and what they are like are two halves of the work that hardly need each other.
    with ThreadPoolExecutor(1) as beside:
        typed = beside.submit(lambda: described.typed)
        texts = beside.submit(
            described_texts, described.records, described.matching.identifiers, described.family, infos
        )
        attached = attach_details(gathered.details, described.targets(), by_no)

        def identify() -> tuple[Absorbed, Identity]:
            absorbed = absorb(_named(ordered, described, attached, infos, params), described)
            return absorbed, _identify(described, absorbed, texts.result(), registry, tenant, params, before)

        identified = beside.submit(identify)
        claims = _claims(described, attached, by_no, params)
        values = merge_values(claims)
        typed.result()
        absorbed, identity = identified.result()
    lineage = _lineage(described, attached, identity)
    inventory, origin = _inventory(values, described, absorbed, identity, lineage, infos, rules)
    inventory = inventory.with_columns(
        first_run(identity.asset_id, before.delivery), _review(values, claims, ordered, len(identity.asset_id))
    )
    fate = fate_of_decisions(described, absorbed, identity)
    gone = with_types(vanished(identity.asset_id, before.missing, fate.merged_ids), rules.types)
    complete = pl.concat([inventory.select(list(INVENTORY)), gone]).sort("asset_id")
    applied = with_values(complete, origin.sort("asset_id"), rules.asset_values)
    told = corrected(applied, fate, rules)
    alike = _look_alikes(described, identity)
    conflicts = find_conflicts(claims, identity.asset_id, values.merged, infos, params, told)
    return InventoryOutcome(
        inventory=applied.inventory,
        lineage=lineage.select(list(LINEAGE)),
        origin=applied.origin,
        registry=identity.registry,
        merged=identity.merged,
        set_aside=pl.concat([gathered.set_aside, attached.set_aside]).sort("table_no", "row"),
        findings=pl.concat(
            [
                conflicts.findings,
                find_look_alikes(alike),
                find_shared(
                    described.matching.identifiers, described.matching.cluster, identity.asset_id, params.shared_ids
                ),
                find_unapplied(applied, fate, rules, params),
            ]
        ),
        look_alikes=alike,
        doubtful_joins=_doubtful_joins(described, identity),
        conflicts=conflicts.open,
        corrected=told,
        standings=claims.standings,
        agreement=conflicts.agreement,
        summary=summarise_run(applied.inventory, lineage, described.matching, conflicts, attached.set_aside),
        doubts=inventory_doubts(described, identity, by_no, rules, params.spoken_of)
        if params.gather_doubts
        else InventoryDoubts(),
    )


def _look_alikes(described: Described, identity: Identity) -> pl.DataFrame:
    matching = described.matching
    parted = matching.decided.parted if matching.decided else ()
    return look_alikes(matching.close, matching.first_record, matching.cluster, parted, identity.asset_id)


def _doubtful_joins(described: Described, identity: Identity) -> pl.DataFrame:
    matching = described.matching
    return joins_frame(matching.joins, matching.cluster, matching.decided, described.records, identity.asset_id)


def _named(
    tables: Sequence[CleanTable],
    described: Described,
    attached: Attached,
    infos: Infos,
    params: InventoryParams,
) -> pl.DataFrame:
    """NAMES of what is only named, by type and key: in the columns of rows first, then at the ends of relations."""
    keys = described.keys
    given = undescribed(names_given([described.records, attached.rows], infos), keys)
    answering = [
        described.matching.identifiers[kind]["value"] for kind in ("name", "fqdn", "tag", "serial", "uuid", "ip")
    ]
    if "source_id" in described.records.columns:
        answering.append(described.records["source_id"].drop_nulls().str.to_lowercase())
    ends = named_ends(tables, [keys["key"], given["key"], *answering], params.named_confidence)
    return pl.concat([given, ends]).sort("type", "key")


def _identify(
    described: Described,
    absorbed: Absorbed,
    own: Texts,
    registry: pl.DataFrame,
    tenant: str,
    params: InventoryParams,
    before: Before,
) -> Identity:
    """Ids of the described assets, then of the named ones, in the order of their numbers. own: described_texts."""
    named, aliases, decided = absorbed.named, absorbed.aliases, described.matching.decided
    keys = described.keys
    types = described.typed.names.gather(keys["asset"])
    numbers = pl.int_range(len(described), len(described) + len(named), dtype=pl.UInt32, eager=True)
    texts = pl.concat(
        [
            own,
            typed_name_texts(keys["asset"], types, keys["key"]),
            typed_name_texts(numbers, named["type"], named["key"]),
            typed_name_texts(aliases["asset"], aliases["type"], aliases["key"]),
        ]
    )
    return assign_ids(texts, registry, tenant, params, decided.wishes if decided else NO_WISHES, before.present)


def _claims(described: Described, attached: Attached, tables: Tables, params: InventoryParams) -> Claims:
    records = described.records.filter(~pl.col("duplicate"))
    return gather_claims(records, summarise_details(attached.rows, tables), tables, len(described), params)


def _lineage(described: Described, attached: Attached, identity: Identity) -> pl.DataFrame:
    """LINEAGE with `asset` (number)."""
    details = attached.rows.with_columns(pl.lit(value=False).alias("duplicate"))
    columns = ["record_no", "table_no", "row", "line", "duplicate", "asset"]
    rows = pl.concat([described.records.select(columns), details.select(columns)]).sort("table_no", "row")
    return rows.with_columns(pl.lit("asset").alias("record"), identity.asset_id.gather(rows["asset"]).alias("asset_id"))


def _inventory(
    values: Values,
    described: Described,
    absorbed: Absorbed,
    identity: Identity,
    lineage: pl.DataFrame,
    infos: Infos,
    rules: Rules,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Inventory (without first_run and review_fields) and origin, by asset number."""
    ids = identity.asset_id.head(len(described)).alias("asset_id")
    counts = sources_and_counts(lineage, len(described), infos)
    rows = value_columns(values, len(described)).with_columns(
        described.typed.names, described.typed.confidence, *counts.get_columns(), ids
    )
    rows, origin = with_own_names(with_types(rows, rules.types), origin_columns(values).insert_column(0, ids))
    others = named_rows(absorbed.named).with_columns(identity.asset_id.tail(len(absorbed.named)).alias("asset_id"))
    complete = pl.concat([rows, with_types(others, rules.types)], how="diagonal")
    return with_aliases(complete, absorbed.aliases).with_columns(pl.lit(value=False).alias("vanished")), origin


def _review(values: Values, claims: Claims, tables: Sequence[CleanTable], size: int) -> pl.Series:
    described = review_fields(values, claims, tables)
    return described.extend_constant([], size - len(described))
