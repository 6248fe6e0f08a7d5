"""Databases and middleware told from the strings that exports hold. Works on distinct strings.

Keep out: operating systems (domain.systems); whether what was told is supported (support.py).
"""

from __future__ import annotations

from discovery_pipeline.domain.analysis.lifecycle.table import LifecycleTable, Release, Software, lifecycle

Told = tuple[Software, Release | None]


def identify_database(name: str | None, version: str | None, table: LifecycleTable | None = None) -> Told | None:
    """The database product and release that the strings name; None when no product fits."""
    return identify((table or lifecycle()).databases, name, version)


def identify(products: tuple[Software, ...], name: str | None, version: str | None) -> Told | None:
    """The first product that fits the name (the version where it is empty), and its release where it is listed."""
    folded, number = (name or "").strip().lower(), (version or "").strip().lower()
    text = folded or number
    for product in products:
        if product.match.search(text):
            return product, _release(product, folded, number)
    return None


def _listed(product: Software, version: str) -> str | None:
    """The longest prefix of a version that the table lists: 8.10 -> 8."""
    parts = product.builds.get(version, version).split(".")
    prefixes = (".".join(parts[:length]) for length in range(len(parts), 0, -1))
    return next((prefix for prefix in prefixes if prefix in product.releases), None)


def _release(product: Software, name: str, version: str) -> Release | None:
    """The release that name and version speak of, both in lower case; None when they name none that is listed.

    The name decides; the version refines it.
    """
    matches = (p.search(text) for text in (name, version, f"{name} {version}") for p in product.version)
    found = [_listed(product, ".".join(g for g in match.groups() if g)) for match in matches if match]
    listed = [v for v in found if v]
    if not listed:
        return None
    finer = [v for v in listed if v.startswith(f"{listed[0]}.")]
    return product.releases[max([listed[0], *finer], key=len)]
