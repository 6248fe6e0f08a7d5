"""Doubts about names that nothing answers to, and names whose asset is known among them as controls."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from typing import Any

import polars as pl

from discovery_pipeline.domain.dependencies.meant.candidates import Candidate, NameBook, name_book
from discovery_pipeline.domain.dependencies.meant.worn import worn
from discovery_pipeline.domain.opinions.doubts import NONE, Doubt, GroupParams, controls_wanted, rank

# A longer cell is a story, of which one name would be torn out.
_LONGEST = 120
_OFFERED = 6
# Of the controls: what is meant is not offered.
_NONE_EVERY = 3
# A control on which the next candidate is about as alike has two right answers.
_CLEAR = 6
_PARAMS = GroupParams()
# Names for which candidates are sought: some have none, and each takes some 3 ms among 20,000 assets.
_SOUGHT = 5 * _PARAMS.most


@dataclass(frozen=True)
class LooseNames:
    """loose: LOOSE. book: everybody's names. types: asset_id -> classified_type."""

    loose: pl.DataFrame = field(repr=False)
    book: NameBook = field(repr=False)
    types: dict[str, str] = field(repr=False)

    @cached_property
    def doubts(self) -> list[Doubt]:
        """One per name that may mean somebody, those of most records first, as many as are asked about in a run."""
        named = self.loose.filter(pl.col("name").str.len_chars() <= _LONGEST)
        counted = named.group_by("name").agg(pl.col("records").sum(), pl.col("asset_id").unique().sort())
        ordered = counted.sort("records", "name", descending=[True, False]).head(_SOUGHT)
        found = (self._doubt(name, records, said_by) for name, records, said_by in ordered.iter_rows())
        return list(islice((doubt for doubt in found if doubt is not None), _PARAMS.most))

    def _doubt(self, name: str, records: int, said_by: Sequence[str]) -> Doubt | None:
        candidates = self.book.candidates(name, said_by, _OFFERED)
        return _put(name, name, candidates, self._said(said_by), records) if candidates else None

    def controls(self, params: GroupParams = _PARAMS) -> list[Doubt]:
        """As many as the doubts need: names of assets written otherwise, a third of them without the asset itself."""
        wanted = controls_wanted(len(self.doubts), params)
        found: list[Doubt] = []
        for control in self._known() if wanted else ():
            found.append(control)
            if len(found) == wanted:
                break
        return found

    def _known(self) -> Iterator[Doubt]:
        """Controls in an order without meaning, applications before machines as in what people write."""
        nothing, total = 0, 0
        spoken = self._said(self.loose["asset_id"].unique().sort())
        by_chance = sorted(self.book.names, key=lambda named: rank(named.key, named.asset_id))
        for named in sorted(by_chance, key=lambda named: named.classified_type != "application"):
            text = worn(named.name)
            candidates = self.book.candidates(text, (), _OFFERED + 1) if text else []
            if text is None or not _is_clear(candidates, named.asset_id):
                continue
            said_by = [min(spoken, key=lambda kind: rank(text, kind))] if spoken else []
            total += 1
            if nothing < total // _NONE_EVERY and len(candidates) > 1:
                nothing += 1
                yield _put(f"{text} nobody", text, candidates[1:], said_by, 1, NONE)
            else:
                yield _put(f"{text} known", text, candidates[:_OFFERED], said_by, 1, named.asset_id)

    def _said(self, said_by: Sequence[str] | pl.Series) -> list[str]:
        return sorted({self.types.get(asset, "other") for asset in said_by})


def _is_clear(candidates: Sequence[Candidate], meant: str) -> bool:
    """Whether the asset is the likeliest by far."""
    if not candidates or candidates[0].named.asset_id != meant:
        return False
    return len(candidates) == 1 or candidates[0].alike - candidates[1].alike >= _CLEAR


def _put(
    key: str, name: str, candidates: Sequence[Candidate], said_by: Sequence[str], records: int,
    expected: str | None = None,
) -> Doubt:  # fmt: skip
    """A doubt that offers the candidates under keys that say nothing. expected: an asset, or NONE."""
    shuffled = sorted(candidates, key=lambda candidate: rank(key, candidate.named.asset_id))
    offered = {f"a{number}": candidate for number, candidate in enumerate(shuffled, 1)}
    assets = {choice: candidate.named.asset_id for choice, candidate in offered.items()}
    right = NONE if expected == NONE else next((c for c, asset in assets.items() if asset == expected), None)
    shown: dict[str, Any] = {
        "name": name, "records": records, "said_by": said_by, "candidates": offered, "assets": assets,
    }  # fmt: skip
    return Doubt(key, shown, (*offered, NONE), expected=right)


def loose_names(loose: pl.DataFrame, calls: pl.DataFrame, inventory: pl.DataFrame) -> LooseNames:
    """loose: LOOSE. calls: columns from_asset, to_asset of what was observed. inventory: INVENTORY."""
    types = inventory.select("asset_id", pl.col("classified_type").fill_null("other"))
    return LooseNames(loose, name_book(inventory, calls), dict(types.iter_rows()))
