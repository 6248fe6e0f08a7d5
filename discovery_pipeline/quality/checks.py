"""What a check is: what a person sees of an asset in Dagster's UI. Keep out: which checks there are (suites)."""

from __future__ import annotations

from dataclasses import dataclass

from discovery_pipeline.quality.rules import Rule


@dataclass(frozen=True)
class Check:
    """One named check. blocking: when it fails nothing downstream of the tenant runs and nothing is published.

    columns: rules on the asset's frame. facts: rules on the one-row frame of facts. advice: what to do when it fails.
    """

    name: str
    description: str
    advice: str
    blocking: bool = False
    columns: tuple[Rule, ...] = ()
    facts: tuple[Rule, ...] = ()


def none_of(*facts: str) -> tuple[Rule, ...]:
    """Each of these counts must be zero."""
    return tuple(Rule("between", fact, low=0, high=0) for fact in facts)


def at_least(fact: str, low: float) -> Rule:
    """This count must not be smaller."""
    return Rule("between", fact, low=low)
