"""A value's explanation as people read it."""

from __future__ import annotations

from datetime import datetime

import pytest

from discovery_pipeline.cli.explanation import show_field
from discovery_pipeline.domain.inventory.values.disputes import RULES
from discovery_pipeline.services.inventory.explain import Claim, FieldExplanation
from discovery_pipeline.services.inventory.rule_words import WHY
from discovery_pipeline.services.inventory.standing import Standing


def _claim(value: str, standing: Standing | None, *, chosen: bool) -> Claim:
    rule = "source_precedence" if chosen else "outranked"
    return Claim(value, chosen, rule, False, "s", "a.csv", "a", 3, 5, (), standing)


def test_the_rule_is_explained_and_every_claim_tells_what_it_counts(capsys: pytest.CaptureFixture[str]) -> None:
    claims = (
        _claim("AIX 7.2", Standing("agent", datetime(2026, 5, 1), 0, 1.0), chosen=True),
        _claim("AIX 7.1", Standing("cmdb", datetime(2025, 5, 1), 365, 0.225), chosen=False),
        _claim("AIX 5", Standing("list", None, None, 0.3), chosen=False),
    )
    show_field(
        FieldExplanation("os_name", "AIX 7.2", "source_precedence", True, claims, None, WHY["source_precedence"])
    )
    shown = capsys.readouterr().out
    for words in (
        "chosen by: source_precedence: its source is trusted most",
        "source kind agent, as of 2026-05-01; trust 1.00",
        "source kind cmdb, as of 2025-05-01, 365 days before the newest; trust 0.2",
        "source kind list, without a date; trust 0.30",
    ):
        assert words in shown


def test_every_rule_has_its_words() -> None:
    assert set(filter(None, RULES)) <= set(WHY)
