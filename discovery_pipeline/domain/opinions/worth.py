"""What models were worth to a tenant: right on controls run by run, changes that people kept, dollars for each.

Keep out: reading the stores (services), how calls ended (usage).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from discovery_pipeline.domain.learning.trend import Trend, trend
from discovery_pipeline.domain.opinions.trust import Reliability
from discovery_pipeline.domain.opinions.verdicts import Change, Verdict


@dataclass(frozen=True)
class Measured:
    """Of one agent with one model in one run. doubts, controls: that were answered; right_controls: rightly. changed:
    values of the result that are otherwise by it."""

    agent: str
    model: str
    doubts: int
    controls: int
    right_controls: int
    changed: int
    run_id: str
    made_at: datetime

    @property
    def bound(self) -> float:
        """The lower bound of the share of right answers."""
        return round(Reliability(self.controls, self.right_controls).bound, 4)


@dataclass(frozen=True)
class Worth:
    """Of one agent with one model. runs: oldest first. trend: of being right on controls.

    changes: things that are otherwise, in all runs; kept, overruled: of those, as later corrections say; about the rest
    nobody has decided since. usd: what the agent's calls to the model cost, as far as prices are known.
    """

    agent: str
    model: str
    runs: tuple[Measured, ...]
    trend: Trend
    changes: int
    kept: int
    overruled: int
    usd: float

    @property
    def accepted(self) -> int:
        """Changes that stand: nobody has overruled them."""
        return self.changes - self.overruled

    @property
    def usd_per_accepted(self) -> float | None:
        """US dollars per change that stands; None where none does."""
        return round(self.usd / self.accepted, 6) if self.accepted else None


def worth(
    measured: Iterable[Measured],
    changes: Sequence[Change],
    said: Sequence[Verdict],
    usd: Mapping[tuple[str, str], float],
) -> tuple[Worth, ...]:
    """Per agent and model, in that order. said: one per change. usd: by (agent, model)."""
    runs: dict[tuple[str, str], list[Measured]] = {}
    for one in sorted(measured, key=lambda one: (one.made_at, one.run_id)):
        runs.setdefault((one.agent, one.model), []).append(one)
    verdicts: dict[tuple[str, str], dict[str, set[Verdict]]] = {}
    for change, verdict in zip(changes, said, strict=True):
        verdicts.setdefault((change.agent, change.model), {}).setdefault(change.subject, set()).add(verdict)
    return tuple(
        _worth(key, runs.get(key, []), [_of_all(told) for told in verdicts.get(key, {}).values()], usd)
        for key in sorted({*runs, *verdicts})
    )


def _of_all(said: Collection[Verdict]) -> Verdict:
    """Of what one answer changed: a field and how sure it is are one change."""
    return next(verdict for verdict in ("overruled", "kept", "undecided") if verdict in said)


def _worth(
    key: tuple[str, str], runs: Sequence[Measured], said: Sequence[Verdict], usd: Mapping[tuple[str, str], float]
) -> Worth:
    right = [number < run.right_controls for run in runs for number in range(run.controls)]
    made_at = [run.made_at for run in runs for _ in range(run.controls)]
    return Worth(
        *key,
        runs=tuple(runs),
        trend=trend(right, made_at),
        changes=len(said),
        kept=said.count("kept"),
        overruled=said.count("overruled"),
        usd=round(usd.get(key, 0.0), 6),
    )
