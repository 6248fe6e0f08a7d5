"""endoflife.date's JSON, of one product or of all, taken into a support table.

Both forms are read: that of its first interface (a list of cycles, the product is the file's name) and that of its
second (a document with `result`). Keep out: reading files; which of its products are whose (endoflife.yaml).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

import yaml

from discovery_pipeline.domain.errors import UsageError
from discovery_pipeline.domain.packaged import packaged_yaml

_ADVICE = "save https://endoflife.date/api/v1/products/full, or /api/PRODUCT.json under the product's name"


@dataclass(frozen=True)
class Taken:
    """text: the table with the dates taken in. products: those taken, by their names there; skipped: those that the
    table has no place for."""

    text: str
    products: tuple[str, ...]
    skipped: tuple[str, ...]


@cache
def _places() -> dict[str, dict[str, Any]]:
    places: dict[str, dict[str, Any]] = packaged_yaml(__package__, "endoflife.yaml")["products"]
    return places


def take_in(table_text: str, documents: Sequence[tuple[str, str]], as_of: date | None) -> Taken:
    """A table with the dates of these documents, (file name without suffix, JSON) each.

    as_of: the day of the documents; None: the one they state. Raises UsageError where a document is none of
    endoflife.date's, nothing in them has a place in the table, or no day is known.
    """
    data = yaml.load(table_text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506  # both are safe
    days: list[date] = [as_of] if as_of else []
    taken: list[str] = []
    skipped: list[str] = []
    for file, text in documents:
        document = _parsed(file, text)
        days += [] if as_of else _stated_day(document)
        for product, cycles in _products(file, document):
            (taken if _enter(data, product, cycles, file) else skipped).append(product)
    if not taken:
        raise UsageError("none of these products has a place in the table", where=_names(documents), advice=_ADVICE)
    if not days:
        raise UsageError("the file doesn't say of which day it is", where=_names(documents), advice="add --as-of DATE")
    data["as_of"] = min(days)
    data["source"] = f"endoflife.date of {data['as_of'].isoformat()} for {len(taken)} products; {_before(data)}"
    text = yaml.safe_dump(data, sort_keys=False, allow_unicode=True, width=160, default_flow_style=None)
    return Taken(text, tuple(sorted(taken)), tuple(sorted(skipped)))


def _names(documents: Sequence[tuple[str, str]]) -> str:
    return ", ".join(file for file, _ in documents[:3])


def _before(data: Mapping[str, Any]) -> str:
    """The source that the table had before anything was taken in."""
    return str(data["source"]).rpartition("products; ")[2]


def _parsed(file: str, text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        line = getattr(error, "lineno", 1)
        raise UsageError("this is no JSON", where=f"{file}, line {line}", advice=_ADVICE) from error


def _stated_day(document: Any) -> list[date]:
    stated = document.get("generated_at") or document.get("last_modified") if isinstance(document, dict) else None
    match = re.match(r"\d{4}-\d\d-\d\d", str(stated or ""))
    return [date.fromisoformat(match.group())] if match else []


def _products(file: str, document: Any) -> Iterator[tuple[str, list[Any]]]:
    """(product, cycles) of a document in either form. Raises UsageError for any other."""
    result = document.get("result") if isinstance(document, dict) else None
    if isinstance(document, list) and all(isinstance(cycle, dict) for cycle in document):
        yield file, document
    elif isinstance(result, dict) and isinstance(result.get("releases"), list):
        yield str(result.get("name", file)), result["releases"]
    elif isinstance(result, list):
        for product in result:
            if isinstance(product, dict) and isinstance(product.get("releases"), list):
                yield str(product.get("name", "")), product["releases"]
    else:
        raise UsageError("this is no document of endoflife.date", where=file, advice=_ADVICE)


def _enter(data: dict[str, Any], product: str, cycles: list[Any], file: str) -> bool:
    """Whether the table has a place for the product; its dates are entered there."""
    place = _places().get(product)
    if place is None:
        return False
    software: dict[str, Any] = next((p for p in data.get(place["part"], []) if _is(p, place)), {})
    releases = data["systems"].setdefault(place["id"], {}) if place["part"] == "systems" else software.get("releases")
    if releases is None:
        return False
    builds = {str(build): str(version) for build, version in software.get("builds", {}).items()}
    for cycle in cycles:
        name = str(cycle.get("cycle", cycle.get("name", "")))
        version = _version(builds.get(name, name), place)
        if version:
            _set_dates(releases, version, _dates(cycle, place, f"{file}, {product} {name}"))
    return True


def _is(software: object, place: Mapping[str, Any]) -> bool:
    return isinstance(software, dict) and software.get("id") == place["id"]


def _version(cycle: str, place: Mapping[str, Any]) -> str | None:
    patterns = place.get("cycles")
    if not patterns:
        return cycle or None
    return next((re.sub(p, to, cycle) for p, to in patterns if re.search(p, cycle)), None)


def _dates(cycle: Mapping[str, Any], place: Mapping[str, Any], where: str) -> dict[str, date] | None:
    """end and extended as the table has them; None where support ended on a day that is not told."""
    end = _day(cycle.get("eolFrom", cycle.get("eol")), where)
    extended = _day(cycle.get("eoesFrom", cycle.get("extendedSupport")), where)
    if end is None and (cycle.get("eol") is True or cycle.get("isEol") is True):
        return None
    if place.get("end") == "extended":
        end, extended = extended or end, None
    dates = {"end": end, "extended": extended if extended and end and extended > end else None}
    return {name: day for name, day in dates.items() if day}


def _day(value: Any, where: str) -> date | None:
    if value is None or isinstance(value, bool):
        return None
    try:
        return date.fromisoformat(str(value))
    except ValueError as error:
        raise UsageError(f"{value!r} is no date", where=where, advice=_ADVICE) from error


def _set_dates(releases: dict[Any, Any], version: str, dates: dict[str, date] | None) -> None:
    """What the table knows of paid updates stays where the document says nothing of them."""
    if dates is None:
        return
    before = releases.get(version) or {}
    kept = before.get("extended")
    if "extended" not in dates and kept and dates.get("end") and kept > dates["end"]:
        dates = {**dates, "extended": kept}
    releases[version] = dates
