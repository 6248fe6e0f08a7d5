"""Recognises exporting tools by their headers (products.yaml) and holds their conventions. A prior, never a must."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, cast

from rapidfuzz import fuzz, process

from discovery_pipeline.domain.handoffs import Grain, Transform
from discovery_pipeline.domain.schema import RecordKind
from discovery_pipeline.domain.vocabulary.lexicon import NO_FIELD
from discovery_pipeline.domain.vocabulary.source import load
from discovery_pipeline.domain.vocabulary.text import fold

_MIN_LIKENESS = 92.0
_NOT_WORDS = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class Convention:
    """What a tool means by one of its headers. field: canonical, NO_FIELD, or None where the header tells it itself.

    second_hand: another column of the tool knows the field better, where it says anything.
    """

    field: str | None = None
    unit: str | None = None
    transform: Transform | None = None
    second_hand: bool = False


@dataclass(frozen=True)
class Product:
    """A recognised tool. sheet: which of its tables, when told apart. markers: how many of its headers were seen."""

    name: str
    sheet: str | None
    grain: Grain | None
    record: RecordKind | None
    markers: int
    conventions: Mapping[str, Convention]

    def convention(self, header: str) -> Convention | None:
        return self.conventions.get(_plain(header))


def _plain(header: str) -> str:
    return " ".join(_NOT_WORDS.sub(" ", fold(header)).split())


def recognise(headers: Sequence[str]) -> Product | None:
    """The tool that most of whose markers stand in the table; None when no tool has enough of them."""
    plain = list(dict.fromkeys(_plain(h) for h in headers[:400] if h.strip()))
    scored = [(_seen(entry["markers"], plain), name, entry) for name, entry in load("products").items()]
    enough = [(seen, name) for seen, name, entry in scored if seen >= entry["need"] or _is_sure(entry, plain)]
    if not enough:
        return None
    seen, name = max(enough, key=lambda found: (found[0], found[1]))
    return _product(name, seen, plain)


def by_name(name: str | None, headers: Sequence[str]) -> Product | None:
    """The product of a table whose kind has been decided already."""
    if name is None or name not in load("products"):
        return None
    return _product(name, 0, [_plain(h) for h in headers[:400]])


def _product(name: str, seen: int, plain: Sequence[str]) -> Product:
    entry = load("products")[name]
    sheet = _sheet(entry.get("sheets", {}), plain)
    inner = entry["sheets"][sheet] if sheet else {}
    grain = cast("Grain | None", inner.get("grain"))
    record = cast("RecordKind | None", entry.get("record"))
    return Product(name, sheet, grain, record, seen, _conventions(name) | _sheet_conventions(name, sheet))


def _sheet(sheets: Mapping[str, Any], plain: Sequence[str]) -> str | None:
    """The sheet with most of its markers present, at least two thirds of them."""
    shares = [(_seen(s["markers"], plain) / len(s["markers"]), name) for name, s in sheets.items()]
    share, name = max(shares, default=(0.0, ""))
    return name if share >= 0.66 else None


def _is_sure(entry: Mapping[str, Any], plain: Sequence[str]) -> bool:
    """Whether a header stands there that no other tool writes, so that it is enough by itself."""
    return any(_found(_plain(marker), plain) for marker in entry.get("sure", ()))


def _seen(markers: Iterable[str], plain: Sequence[str]) -> int:
    """How many headers are markers: two spellings of one marker that find the same header count once."""
    return len({header for marker in markers if (header := _found(_plain(marker), plain)) is not None})


def _found(marker: str, plain: Sequence[str]) -> str | None:
    if marker in plain:
        return marker
    if len(marker) < 8:
        return None
    hit = process.extractOne(marker, plain, scorer=fuzz.ratio, score_cutoff=_MIN_LIKENESS)
    return None if hit is None else hit[0]


@cache
def _conventions(name: str) -> dict[str, Convention]:
    return _read_conventions(load("products")[name].get("columns", {}))


@cache
def _sheet_conventions(name: str, sheet: str | None) -> dict[str, Convention]:
    return _read_conventions(load("products")[name]["sheets"][sheet].get("columns", {})) if sheet else {}


def _read_conventions(columns: Mapping[str, Mapping[str, Any]]) -> dict[str, Convention]:
    return {
        _plain(header): Convention(
            c.get("field", None) if c.get("field") != "" else NO_FIELD,
            c.get("unit"),
            cast("Transform | None", c.get("transform")),
            bool(c.get("second_hand", False)),
        )
        for header, c in columns.items()
    }
