"""The blackboard of a run over its store: what is heard follows from the asset versions that a phase stands on.

So a phase that is run again asks the same questions again, whichever run its inputs are from. What is said is kept just
before the phase's result is published. Where that fails, nobody ever hears it: there is no such version to stand on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import polars as pl

from discovery_pipeline.domain.insights.contents import Changed
from discovery_pipeline.domain.insights.insight import LAST_ROUND, Insight
from discovery_pipeline.store.insights import add_insights, insights_of_versions, last_number
from discovery_pipeline.store.session import Database

# Said in one phase at most: enough for every table's layout and units, too few to fill a prompt or a page.
MOST_SAID = 40
_LONGEST_WORD = 40


@dataclass
class TenantBoard:
    """One per run. asset, version: at work now. before: the versions that it stands on, in the order of the phases.
    dropped: what was beyond the board's bounds in this turn."""

    database: Database
    tenant: str
    run_id: str
    asset: str = ""
    version: str = ""
    before: Mapping[str, str] = field(default_factory=dict)
    dropped: int = 0
    _said: list[Insight] = field(default_factory=list)
    _earlier: list[Insight] | None = None
    _last: int | None = None
    _told: dict[str, tuple[Insight, ...]] = field(default_factory=dict)

    def begin(self, asset: str, version: str, before: Mapping[str, str]) -> None:
        """An asset's turn: what was said in one that did not come to its end is forgotten."""
        self.asset, self.version, self.before = asset, version, before
        self.dropped, self._said, self._earlier, self._told = 0, [], None, {}

    def heard(self, by: str) -> tuple[Insight, ...]:
        """What this agent may hear, in the order of the phases. Raises Unreachable."""
        if self._earlier is None:
            self._earlier = insights_of_versions(self.database, self.tenant, self.before)
        return tuple(insight for insight in [*self._earlier, *self._said] if insight.may_be_heard_by(by))

    def share(self, insights: Sequence[Insight]) -> None:
        """Said under the next numbers; further than the last round, or beyond what one phase may say, is dropped."""
        for insight in insights:
            if insight.round > LAST_ROUND or len(self._said) >= MOST_SAID:
                self.dropped += 1
            else:
                place = {"number": self._next(), "asset": self.asset, "version": self.version}
                self._said.append(replace(insight, **place))  # type: ignore[arg-type]

    def told(self, agent: str, insights: Sequence[Insight]) -> None:
        """These went into the agent's questions."""
        self._told[agent] = tuple(insights)

    def conclude(self, advised: pl.DataFrame | None) -> int:
        """Keep what was said in this turn, with what agents changed after they had heard something. Returns how many.

        advised: domain/opinions/advice.ADVISED of the asset's result. Raises Unreachable.
        """
        said = [*self._said, *self._numbered(self._effects(advised) if advised is not None else [])]
        add_insights(self.database, self.tenant, self.run_id, said)
        self._said = []
        return len(said)

    def _effects(self, advised: pl.DataFrame) -> list[Insight]:
        """One per insight and field changed by an agent that had been told it, that it may follow from."""
        counted = advised.group_by("agent", "field", maintain_order=True).len().sort("agent", "field")
        return [
            Insight(f"{agent} agent", "effect", Changed(field=_word(name), count=count), told.about, (), told.number)
            for agent, name, count in counted.iter_rows()
            for told in self._told.get(agent, ())
            if told.bears_on(agent, name)
        ]

    def _numbered(self, insights: Sequence[Insight]) -> list[Insight]:
        return [replace(i, number=self._next(), asset=self.asset, version=self.version) for i in insights]

    def _next(self) -> int:
        if self._last is None:
            self._last = last_number(self.database, self.tenant)
        self._last += 1
        return self._last


def _word(name: str | None) -> str | None:
    return name[:_LONGEST_WORD] if name else None
