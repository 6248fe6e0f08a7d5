"""Corrections in words: what they are about and what they say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from discovery_pipeline.domain.learning.corrections import Content, NewCorrection
from discovery_pipeline.domain.learning.kinds import Kind

NOTHING = "nothing"


def about(what: NewCorrection, *, with_ids: bool = True) -> str:
    """The thing that a correction is about, in words. with_ids: assets have theirs behind their names."""
    target, seen = what.target, what.context
    if what.kind == "mapping":
        return _joined(
            (seen.get("file") or target["series"], seen.get("table") or target["table"], repr(seen.get("header", "")))
        )
    if what.kind == "value" and "raw" in target:
        return _joined((target["source"], target["field"], repr(seen.get("raw") or target["raw"])))
    if what.kind == "value" and "cells" in target:
        row = f"{seen.get('file')} {seen.get('table')} row {seen.get('row')}"
        return _joined((row, target["field"], repr(seen["raw"]) if seen.get("raw") else None))
    asset = _asset(seen.get("asset"), target.get("asset_id") or target.get("from_asset") or target.get("one"), with_ids)
    if what.kind == "split":
        return _joined((asset, f"{seen.get('file')} {seen.get('table')} row {seen.get('row')}"))
    other = _asset(seen.get("other"), target.get("to_asset") or target.get("other"), with_ids)
    if what.kind in ("merge", "edge"):
        together = f"{asset} and {other}" if what.kind == "merge" else f"{asset} -> {other}"
        return _joined((together, target.get("kind")))
    return _joined((asset, target.get("field")))


def _asset(name: str | None, asset_id: str | None, with_ids: bool) -> str:
    if not name or name == asset_id:
        return str(asset_id)
    return f"{name} ({asset_id})" if with_ids else name


def _joined(parts: Iterable[object]) -> str:
    return ", ".join(str(part) for part in parts if part is not None)


_HOLDS: Mapping[Kind, Sequence[str]] = {
    "merge": ("one asset", "two assets"), "split": ("one asset", "two assets"), "edge": ("yes", "no"),
}  # fmt: skip


def in_words(what: NewCorrection, content: Content) -> str:
    """What a correction says, or what was there (its `said` or `was`), in words."""
    if what.kind in _HOLDS:
        return _HOLDS[what.kind][not content.get("holds")]
    value = content.get("field" if what.kind == "mapping" else what.kind)
    return NOTHING if value is None else _joined((value, content.get("unit"), content.get("transform")))
