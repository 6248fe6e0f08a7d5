"""Every decision says what each source said, why the runner-up lost, and what budget it was accepted under."""

from __future__ import annotations

import re

import pytest

from discovery_pipeline.domain.handoffs import ColumnMapping, TableKind
from discovery_pipeline.domain.mapping.candidates import Proposals, propose
from discovery_pipeline.domain.mapping.combine import combine
from discovery_pipeline.domain.mapping.resolve import ResolveParams, resolve
from discovery_pipeline_tests.domain.tables import raw_table

_ASSETS = TableKind(0, "asset", "asset", None, 0.9)
_TABLE = raw_table(
    {
        "Name": [f"srv-{i:02d}" for i in range(8)],
        "Status": ["active", "retired"] * 4,
        "Host": [f"esx-{i:02d}" for i in range(8)],
        "Zorgplicht": ["aa", "bb"] * 4,
    }
)


@pytest.fixture(scope="module")
def proposals() -> Proposals:
    return propose([_TABLE], [_ASSETS])


def _resolved(proposals: Proposals, precision: float = 0.98) -> list[ColumnMapping]:
    return resolve(proposals, [_ASSETS], params=ResolveParams(precision))


def test_the_parts_that_are_told_add_up_to_the_score(proposals: Proposals) -> None:
    best = combine(proposals.profiles, proposals.evidence).unique(["position"], keep="first").sort("position")

    for mapping, score in zip(_resolved(proposals), best["score"], strict=True):
        weighed = [reason for reason in mapping.why if re.match(r"[+-]\d", reason)]
        sources = [reason.split(" ")[1] for reason in weighed]
        assert len(set(sources)) == len(sources)
        assert sum(float(reason.split(" ")[0]) for reason in weighed) == pytest.approx(score, abs=0.05 * len(weighed))


def test_the_runner_up_is_told_with_its_score_and_parts(proposals: Proposals) -> None:
    status = _resolved(proposals)[1]
    (told,) = [reason for reason in status.why if reason.startswith("runner-up ")]
    found = re.match(r"runner-up (\w+): (-?[\d.]+) against (-?[\d.]+) \((.+)\)$", told)

    assert found is not None
    assert found[1] == status.alternatives[0][0]
    assert float(found[2]) < float(found[3])
    assert sum(float(part.split()[-1]) for part in found[4].split(", ")) == pytest.approx(float(found[2]), abs=0.3)


def test_an_unmapped_column_says_why_it_is_none(proposals: Proposals) -> None:
    unknown = _resolved(proposals)[3]

    assert unknown.field is None
    assert any("prior: so often columns of other exports carry no field" in reason for reason in unknown.why)


def test_a_smaller_budget_accepts_no_more(proposals: Proposals) -> None:
    accepted = [
        {m.position for m in _resolved(proposals, precision) if m.status == "accepted"} for precision in (0.9, 0.98, 1)
    ]

    assert accepted[0] > accepted[2] == set()
    assert accepted[0] >= accepted[1] >= accepted[2]
