"""Which record a table's rows are: assets, stated relationships or observed connections. From headers and values."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from discovery_pipeline.domain.schema import RECORD_KINDS, RecordKind
from discovery_pipeline.domain.vocabulary.end_words import end_of
from discovery_pipeline.domain.vocabulary.ends import Ends, read_ends
from discovery_pipeline.domain.vocabulary.headers import Header
from discovery_pipeline.domain.vocabulary.lexicon import NO_FIELD, claims_of
from discovery_pipeline.domain.vocabulary.products import Product
from discovery_pipeline.domain.vocabulary.profile import ColumnProfile

_CLEAR = 3.4
_MOSTLY = 0.5
# Fewer different values than this are classes, which both sides share without being related.
_FEW = 4
# A tool that only writes one record says more than headers read one by one.
_PRODUCT = 6.0
_TRAFFIC = (
    "source_port", "destination_port", "protocol", "bytes", "packet_count", "connection_count", "action", "state",
    "source_process", "destination_process",
)  # fmt: skip
_FLOWS = ("source_port", "destination_port", "protocol", "bytes", "packet_count", "connection_count")
_AMOUNTS = ("bytes", "packet_count", "connection_count", "destination_port")
# "Runs payroll", "hosts the intranet": verbs that relate nothing.
_DESCRIBING = frozenset(("application_role", "description", "backup", "disaster_recovery"))
# Things that have relations and flows; a date or an owner of either end says nothing of what the row is.
_THINGS = frozenset(
    """
    application service asset server vm host machine computer device node system database software component process
    """.split()  # noqa: SIM905  # words, not a list
)
_NO_NAMES = (
    "date",
    "bool",
    "integer",
    "number",
    "ip",
    "percentage",
    "quantity",
    "relation",
    "device_class",
    "sentence",
)
# A class may stand between a name and the verb: "object", "level", "uses", "resource".
_NEAR = 2
_HARDLY = 0.3
# Fields that only rows about a machine carry; a relation or a flow names its ends and nothing of them.
_MACHINE = frozenset(
    """
    os_name os_version memory_mib cpu_count cpu_cores storage_total_gib serial_number manufacturer model power_state
    mac_address fqdn asset_tag uuid location environment business_owner technical_owner cost warranty_end install_date
    hypervisor_host criticality department data_classification planned_strategy planned_wave application_role
    """.split()  # noqa: SIM905  # words, not a list
)


@dataclass(frozen=True)
class KindOpinion:
    """record with its probability among the three, and the reasons."""

    record: RecordKind
    confidence: float
    why: tuple[str, ...]


def record_kind(
    headers: Sequence[Header], profiles: Sequence[ColumnProfile], product: Product | None = None
) -> KindOpinion:
    """The likeliest record of a table. Without evidence its rows are assets."""
    connection, why_connection = _connection(read_ends(headers, "connection"), profiles)
    relationship, why_relationship = _relationship(headers, read_ends(headers, "relationship"), profiles)
    machine = len(_carried(headers, "asset").keys() & _MACHINE)
    scores: dict[RecordKind, float] = {
        "asset": 1.0 + 0.6 * min(machine, 8),
        "relationship": relationship,
        "connection": connection,
    }
    if product is not None and product.record is not None:
        scores[product.record] += _PRODUCT
    best = max(RECORD_KINDS, key=lambda record: scores[record])
    total = sum(math.exp(score) for score in scores.values())
    reasons = {
        "asset": (f"{machine} columns describe a machine",),
        "relationship": why_relationship,
        "connection": why_connection,
    }
    return KindOpinion(best, round(math.exp(scores[best]) / total, 4), reasons[best])


def _carried(headers: Sequence[Header], record: RecordKind) -> Mapping[str, list[int]]:
    """Field -> positions whose header names it as this record's best reading."""
    found: dict[str, list[int]] = {}
    for position, header in enumerate(headers):
        claims = claims_of(record, header)
        if claims and claims[0].weight >= _CLEAR and claims[0].field != NO_FIELD:
            found.setdefault(claims[0].field, []).append(position)
    return found


def _connection(ends: Ends, profiles: Sequence[ColumnProfile]) -> tuple[float, tuple[str, ...]]:
    """Both sides of a connection, by address or name, and something that flows between them."""
    headers = ends.headers
    carried = _carried(headers, "connection")
    sides = {
        side: [p for f in (f"{side}_ip", f"{side}_host") for p in carried.get(f, ()) if end_of(headers[p])]
        for side in ("source", "destination")
    }
    addresses = sum(1 for side in sides.values() if any(profiles[p].share("ip") >= 0.5 for p in side))
    traffic = [f for f in _TRAFFIC if f in carried]
    programs = all(any(end_of(headers[p]) for p in carried.get(f"{side}_process", ())) for side in sides)
    # Programs stand in catalogues of interfaces too; what was measured has a time and something that flows.
    measured = programs and "observed_at" in carried and any(field in carried for field in _FLOWS)
    both = measured or all(sides.values())
    shared = [pair for pair in ends.pairs if _names_things(profiles, pair) and _same_names(profiles, pair)]
    score = 2.2 * (measured or bool(sides["source"])) + 2.2 * (measured or bool(sides["destination"]))
    score += addresses - 4.5
    score += 0.9 * min(len(traffic), 4 if both else 3) - 1.5 * (not traffic) - 1.0 * (not both)
    score += (0.7 * min(len(ends.plain), 3) + 0.8 * bool(shared)) * both
    score -= 3.0 * bool(_relation_told(headers, profiles))
    score += 1.5 * (
        both and bool(ends.plain) and any(_is_measured(profiles[p]) for f in _AMOUNTS for p in carried.get(f, ()))
    )
    return score, (f"both sides named: {both}", f"traffic columns: {', '.join(traffic) or 'none'}")


def _relationship(
    given: Sequence[Header], ends: Ends, profiles: Sequence[ColumnProfile]
) -> tuple[float, tuple[str, ...]]:
    """Two ends and a kind of relation, in words or in the values; traffic between them speaks of connections."""
    headers = ends.headers
    carried = _carried(headers, "relationship")
    kinds = [p for p in range(len(headers)) if _tells_relations(profiles[p]) and not _describes(given[p])]
    told = [p for p in kinds if any(c.field == "relationship_type" for c in claims_of("relationship", headers[p]))]
    related = any(_THINGS.intersection(headers[p].concepts) for pair in ends.plain for p in pair)
    named_ends = 2 if related else bool(carried.get("parent")) + bool(carried.get("child"))
    linked = any(_links_things(profiles, p) for p in kinds)
    listed = all(_lists_needs(given[p]) for pair in ends.plain for p in pair) and bool(ends.plain)
    named = [p for p in carried.get("relationship_type", ()) if "relation" in headers[p].concepts]
    pairs = [pair for pair in ends.plain if _names_things(profiles, pair)]
    shared = [pair for pair in ends.pairs if _names_things(profiles, pair) and _same_names(profiles, pair)]
    score = 2.0 * named_ends + 1.2 * bool(named) - 2.5 - 0.25 * max(len(headers) - 12, 0)
    score += 2.2 if told else 1.1 * bool(kinds)
    score += 3.0 * linked - 2.0 * listed + 0.8 * bool(_relation_told(headers, profiles))
    score += 0.8 * min(len(pairs), 3) + 1.2 * bool(shared) - 0.8 * min(_flowing(ends, profiles), 4)
    return score, (
        f"{named_ends} ends named, {len(pairs)} columns for both of them",
        f"relation words in values: {bool(kinds)}, between two columns of things: {linked}",
        f"the same names on both sides: {bool(shared)}",
    )


def _relation_told(headers: Sequence[Header], profiles: Sequence[ColumnProfile]) -> list[int]:
    """Columns called a relation that hold kinds of relations; what was observed to flow has none."""
    return [
        p for p, header in enumerate(headers) if "relation" in header.concepts and profiles[p].share("relation") >= 0.5
    ]


def _is_measured(profile: ColumnProfile) -> bool:
    return profile.has_values and profile.share("integer", "number", "port_text", "quantity") >= _MOSTLY


def _tells_relations(profile: ColumnProfile) -> bool:
    """Whether the values are verbs of relations; "Powered On" reads like one."""
    return profile.share("relation") >= 0.5 and profile.share("power") < 0.5


def _describes(header: Header) -> bool:
    """Whether a column of verbs is plainly something else of an asset, such as its purpose."""
    return any(c.weight >= _CLEAR and c.field in _DESCRIBING for c in claims_of("asset", header)[:1])


def _lists_needs(header: Header) -> bool:
    """Whether it is "Upstream systems": what an application's own row says of others."""
    return any(c.weight >= _CLEAR and c.field == "depends_on" for c in claims_of("asset", header)[:1])


def _links_things(profiles: Sequence[ColumnProfile], position: int) -> bool:
    """Whether a column of verbs stands between two of names, as a sentence does: 'webshop', 'needs', 'database 7'."""
    before, after = profiles[:position][-_NEAR:], profiles[position + 1 :][:_NEAR]
    return any(map(_is_name, before)) and any(map(_is_name, after))


def _is_name(profile: ColumnProfile) -> bool:
    return profile.has_values and profile.share(*_NO_NAMES) < _HARDLY and len(set(profile.samples)) >= _FEW


def _flowing(ends: Ends, profiles: Sequence[ColumnProfile]) -> int:
    """How many things the table says that only what flows has."""
    carried = _carried(ends.headers, "connection")
    addresses = any(profiles[p].share("ip") >= _MOSTLY for pair in ends.pairs for p in pair)
    return sum(1 for field in _FLOWS if field in carried) + addresses


def _names_things(profiles: Sequence[ColumnProfile], pair: tuple[int, int]) -> bool:
    """Columns of dates, flags, numbers with fractions or addresses say something about ends, they don't name them."""
    return all(
        profiles[p].has_values and profiles[p].share("date", "bool", "ip", "percentage", "quantity") < _MOSTLY
        for p in pair
    )


def _same_names(profiles: Sequence[ColumnProfile], pair: tuple[int, int]) -> bool:
    """Whether one side's values stand on the other side too: things related to things of their own kind."""
    one, two = (set(profiles[p].samples) for p in pair)
    return bool(one & two) and len(one | two) > _FEW
