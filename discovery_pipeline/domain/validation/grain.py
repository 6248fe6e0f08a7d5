"""Whether a table's rows are assets or details of assets: from the product's sheet, or from part columns."""

from __future__ import annotations

from collections.abc import Sequence

from discovery_pipeline.domain.handoffs import Grain
from discovery_pipeline.domain.vocabulary.headers import Header
from discovery_pipeline.domain.vocabulary.lexicon import claims_of
from discovery_pipeline.domain.vocabulary.products import Product
from discovery_pipeline.domain.vocabulary.profile import ColumnProfile

_PARTS = frozenset(
    """
    disk partition volume nic interface software patch snapshot port memslot datastore gpu license storagebus
    """.split()  # noqa: SIM905  # words, not a list
)
_PART_KEY = frozenset(
    """
    name id number label key path index mount letter drive title display installed slot serial uuid product detail
    """.split()  # noqa: SIM905  # words, not a list
)
# Fields of a whole machine: a table that carries two of them describes machines, however often its rows repeat.
_WHOLE = ("os_name", "memory_mib", "cpu_count", "cpu_cores", "serial_number", "model", "manufacturer", "asset_tag")
_CLEAR = 3.4


def grain_of(
    headers: Sequence[Header], profiles: Sequence[ColumnProfile], product: Product | None
) -> tuple[Grain, str]:
    """The grain and the reason for it."""
    if product is not None and product.grain is not None:
        return product.grain, f"{product.name} sheet {product.sheet}"
    parts = [p for p, header in enumerate(headers) if _names_part(header, profiles[p])]
    owners, whole = _positions(headers, ("hostname", "fqdn", "ip_address", "uuid")), _positions(headers, _WHOLE)
    if _positions(headers, ("application_name",)):
        # What an application is built of is no part that has rows of its own.
        parts = [p for p in parts if "software" not in headers[p].concepts]
    if parts and owners and len(whole) <= 1:
        return "detail", f"'{headers[parts[0]].raw}' names a part of '{headers[owners[0]].raw}'"
    return "asset", "one row per asset"


def _names_part(header: Header, profile: ColumnProfile) -> bool:
    """A column that tells the parts of one asset apart: 'Disk', 'Interface name', 'Software'."""
    words = set(header.concepts)
    if not words & _PARTS or not words <= _PARTS | _PART_KEY or header.unit is not None:
        return False
    return bool(words & _PART_KEY) or profile.share("number", "bool", "bool01") < 0.5


def _positions(headers: Sequence[Header], wanted: Sequence[str]) -> list[int]:
    found: dict[str, int] = {}
    for position, header in enumerate(headers):
        claims = claims_of("asset", header)
        if claims and claims[0].field in wanted and claims[0].weight >= _CLEAR:
            found.setdefault(claims[0].field, position)
    return sorted(found.values())
