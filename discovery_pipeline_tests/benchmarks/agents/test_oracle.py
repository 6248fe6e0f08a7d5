"""The oracle is right as often as it says, and what asking it costs is counted."""

from __future__ import annotations

from dataclasses import replace

import pytest

from benchmarks.agents.bench import Judged, judged
from benchmarks.agents.columns import column_world
from benchmarks.agents.oracle import Cost, Oracle, scripted, tokens
from benchmarks.agents.worlds import After, World
from benchmarks.mapping.layouts import Labelled, Layout
from discovery_pipeline.agents.choosing import ask_about
from discovery_pipeline.agents.known_names import KnownNames
from discovery_pipeline.agents.mapping import MAPPING
from discovery_pipeline.domain.opinions.doubts import Doubt

DOUBTS = [Doubt(f"d{number}", {}, ("a", "b", "c")) for number in range(4000)]


@pytest.mark.parametrize("right", [0.0, 0.5, 0.9, 1.0])
def test_it_is_right_as_often_as_it_says(right: float) -> None:
    chosen = [Oracle("o", right).choose(doubt, ("b",)) for doubt in DOUBTS]
    assert chosen.count("b") / len(DOUBTS) == pytest.approx(right, abs=0.02)
    assert set(chosen) <= {"a", "b", "c"}


def test_it_is_drawn_anew_by_seed_and_the_same_by_the_same() -> None:
    def drawn(seed: int) -> list[str]:
        return [Oracle("o", 0.5, seed).choose(doubt, ("b",)) for doubt in DOUBTS]

    assert drawn(1) == drawn(1) != drawn(2)


def test_what_was_not_offered_cannot_be_said() -> None:
    assert Oracle("o").choose(DOUBTS[0], ("z",)) in ("a", "b", "c")
    assert {Oracle("o", always=-1).choose(doubt, ("b",)) for doubt in DOUBTS} == {"c"}


def test_calls_tokens_and_cost_are_counted() -> None:
    agent = replace(MAPPING, show=lambda doubt, _: doubt.shown)
    doubt = Doubt("d", {"header": "Host"}, ("hostname", "none"))
    controls = [replace(doubt, key=f"is {expected}", expected=expected) for expected in doubt.offers]
    truth = {"d": "hostname", "is hostname": "hostname", "is none": "none"}
    desk = scripted(Oracle("o"), lambda asked: (truth[asked.key],))
    opinion = ask_about(desk, desk.agent(agent), [doubt], controls, KnownNames())
    assert {answer.doubt.key: answer.chosen for answer in opinion.answers} == truth
    assert desk.cost.calls == 1
    assert desk.cost.tokens > tokens("You name the columns")
    assert 0 < desk.cost.usd < 0.001
    assert scripted(Oracle("o"), lambda _: ()).cost == Cost()


def test_an_export_without_a_doubt_costs_nothing() -> None:
    columns = [
        Labelled("Hostname", ("web01", "web02", "db01"), ("hostname",)),
        Labelled("IP Address", ("10.0.0.1", "10.0.0.2", "10.0.0.3"), ("ip_address",)),
        Labelled("Operating System", ("Ubuntu 22.04", "RHEL 8", "RHEL 9"), ("os_name",)),
    ]
    world = column_world([Layout("t", "t", "asset", "part", "", tuple(columns))])
    assert (world.values, world.doubts) == (3, 0)
    assert world.ask(Oracle("o", 0.0)).cost == Cost()


def test_gain_and_noise_are_in_points_of_accuracy() -> None:
    cost = Cost(1, 10, 0.1)

    def ask(oracle: Oracle) -> After:
        return After(50 + 10 * oracle.seed, 1, True, cost)

    world = World("mapping", 100, 50, 20, ask)
    found = judged([world, world], [Oracle("o", seed=seed) for seed in (0, 1, 2)])
    assert isinstance(found, Judged)
    assert (found.gains, found.gain, found.noise) == ([0, 10, 20], 10, 10)
    assert found.row[:4] == ("o", "0.5000", "0.6000", "+10.00")
    assert found.row[7:9] == ("2", "20")
