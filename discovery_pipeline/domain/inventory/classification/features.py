"""What is known of an asset that can tell its type, reduced to what many assets share: no name, address or serial.

Keep out: what it speaks for (type_hints.yaml), what of it may leave the machine (agents).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

import polars as pl

from discovery_pipeline.domain.inventory.matching.components import Nodes
from discovery_pipeline.domain.inventory.tables import Tables, text_of_table

# Texts of these fields are of products and kinds, told as they are; by the name under which a question shows them.
TEXTS: Mapping[str, str] = {
    "asset_type": "class", "os_name": "operating system", "manufacturer": "manufacturer", "model": "model",
    "platform": "platform", "application_role": "role", "software": "software", "database_engine": "database engine",
}  # fmt: skip
# Of these only whether they are given.
_GIVEN: Mapping[str, str] = {
    "serial_number": "serial number", "mac_address": "network card", "cpu_count": "processors", "memory_mib": "memory",
    "storage_total_gib": "disks", "hypervisor_host": "a host", "cluster": "a cluster", "rack": "a rack",
    "warranty_end": "a warranty",
}  # fmt: skip
_MOST_TOLD = 3
FIELDS_GIVEN, NAME_WORDS_SHOWN = "fields it has", "words in its name"
LISTED_BY, VIRTUAL = "listed by", "virtual"
# Told in words of ours, whatever stands in the files.
OURS = frozenset({FIELDS_GIVEN, NAME_WORDS_SHOWN, LISTED_BY, VIRTUAL})
# Without any of these nobody can tell what it is.
TELLING = frozenset({*TEXTS.values(), NAME_WORDS_SHOWN})
# Words in names of machines that tell what they are for, or of what kind; of a name nothing else is told.
NAME_WORDS = frozenset(
    """
    adc ahv aks ap app apc apl asa aws backup bak bck big branch bus camera cam cisco citrix cl cluster clu core ctx db
    dbs dc desktop dhcp disk dmz dns docker dt edge eks erp esx esxi exch exchange f5 fas file filer firewall fs fw fwl
    gw hana host hv hyp hyperv ids ips jump k8s kube kvm laptop lap lb load lt ltm mail master mdm media mfp mgmt mon
    mq ms mysql nas nb net node notebook ocp ora oracle pc pdu pg phone pos postgres print printer prn proxy prt ptr
    rac redis rke router rt rtr sap san scan sql srv storage sto svr sw switch swt sync tape term tape ts ups utm vdi
    vm vmhost vnx voip vpn wap wks wlan wlc web worker ws
    """.split()  # noqa: SIM905  # words, not a list
)


def shown_features(records: pl.DataFrame, assets: Nodes, tables: Tables) -> dict[int, dict[str, list[str]]]:
    """Per asset number what is known of it, by what a question calls it; an asset of which nothing is known has {}.

    records: AssetRecords.assets with `asset`.
    """
    wanted = records.filter(pl.col("asset").is_in(pl.Series(assets, dtype=pl.UInt32()).implode()))
    found: dict[int, dict[str, list[str]]] = defaultdict(dict)
    for name, told in _texts(wanted, tables):
        for asset, texts in told.iter_rows():
            found[asset][name] = texts
    return {asset: found[asset] for asset in assets.tolist()}


def _texts(records: pl.DataFrame, tables: Tables) -> list[tuple[str, pl.DataFrame]]:
    """Per name the columns asset and texts, of the assets that have any."""
    product = {no: kind.product for no, (_, kind) in tables.items()}
    numbered = records.with_columns(text_of_table(product).alias("product"))
    told = [
        (shown, _distinct(numbered, _as_text(numbered, field)))
        for field, shown in {**TEXTS, "product": LISTED_BY}.items()
        if field in numbered.columns
    ]
    if "is_virtual" in records.columns:
        words = pl.col("is_virtual").replace_strict({True: "yes", False: "no"}, default=None, return_dtype=pl.String())
        told.append((VIRTUAL, _distinct(numbered, words)))
    if "hostname" in records.columns:
        told.append((NAME_WORDS_SHOWN, _distinct(numbered, _name_words(), whole=False)))
    told.append((FIELDS_GIVEN, _distinct(numbered, _given(records.columns), whole=False)))
    return told


def _as_text(records: pl.DataFrame, field: str) -> pl.Expr:
    is_list = isinstance(records.schema[field], pl.List)
    return pl.col(field).list.head(_MOST_TOLD) if is_list else pl.col(field).cast(pl.String())


def _distinct(records: pl.DataFrame, told: pl.Expr, *, whole: bool = True) -> pl.DataFrame:
    """Per asset the distinct texts, sorted; the first few where each is whole in itself."""
    given = records.select("asset", told.alias("told")).drop_nulls()
    if isinstance(given.schema["told"], pl.List):
        given = given.explode("told", empty_as_null=False, keep_nulls=False).drop_nulls()
    plain = given.with_columns(pl.col("told").str.to_lowercase().str.strip_chars()).filter(pl.col("told") != "")
    texts = plain.group_by("asset").agg(pl.col("told").unique().sort())
    return texts.with_columns(pl.col("told").list.head(_MOST_TOLD)) if whole else texts


def _name_words() -> pl.Expr:
    words = pl.col("hostname").str.to_lowercase().str.extract_all(r"f5|k8s|\p{L}+")
    return words.list.eval(pl.element().filter(pl.element().is_in(sorted(NAME_WORDS))))


def _given(columns: Sequence[str]) -> pl.Expr:
    given = [pl.when(pl.col(field).is_not_null()).then(pl.lit(shown)) for field, shown in _GIVEN.items()
             if field in columns]  # fmt: skip
    return pl.concat_list(given or [pl.lit(None, pl.String())]).list.drop_nulls()
