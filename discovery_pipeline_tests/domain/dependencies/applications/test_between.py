"""What calls between servers say of their applications."""

from __future__ import annotations

from datetime import datetime

import polars as pl
import pytest

from discovery_pipeline.domain.dependencies.applications.aliases import canonical_ends
from discovery_pipeline.domain.dependencies.applications.between import derived_evidence
from discovery_pipeline.domain.dependencies.params import DependencyParams
from discovery_pipeline.domain.handoffs import MEMBERSHIPS
from discovery_pipeline_tests.domain.dependencies.applications.small_estates import edges
from discovery_pipeline_tests.domain.estate import application, inventory

APPS = inventory(*[application(name, f"Application {name}") for name in ("a", "b", "c")])


def serving(*rows: tuple[str, str], basis: str = "named", confidence: float = 0.95) -> pl.DataFrame:
    full = [
        {"asset_id": s, "application_id": a, "basis": basis, "confidence": confidence, "reasons": ["x"]}
        for s, a in rows
    ]
    return pl.DataFrame(full, schema=MEMBERSHIPS)


def derived(ties: pl.DataFrame, members: pl.DataFrame) -> dict[tuple[str, str], float]:
    frame = derived_evidence(ties, members, APPS, DependencyParams())
    assert set(frame["kind"]) <= {"application"}
    return {(f, t): round(w, 3) for f, t, w in frame.select("from_asset", "to_asset", "weight").rows()}


ONE_EACH = serving(("x", "a"), ("x2", "a"), ("y", "b"), ("z", "c"))


def test_a_call_joins_the_applications_of_its_ends_and_more_calls_are_surer() -> None:
    one = derived(edges(("x", "y"), confidence=0.8), ONE_EACH)
    two = derived(edges(("x", "y"), ("x2", "y"), confidence=0.8), ONE_EACH)
    assert (one, two) == ({("a", "b"): 0.8}, {("a", "b"): 0.96})


@pytest.mark.parametrize("kind", ["infrastructure", "management", "hosting", "access"])
def test_shared_services_and_administration_join_nothing(kind: str) -> None:
    assert derived(edges(("x", "y", kind)), ONE_EACH) == {}


def test_what_is_not_believed_joins_nothing() -> None:
    assert derived(edges(("x", "y"), confidence=0.49), ONE_EACH) == {}
    assert derived(edges(("x", "y")), serving(("x", "a"), ("y", "b"), confidence=0.4)) == {}


def test_servers_of_one_application_join_none() -> None:
    assert derived(edges(("x", "x2")), ONE_EACH) == {}
    both = serving(("x", "a"), ("x", "b"), ("y", "b"), ("y", "c"))
    assert derived(edges(("x", "y")), both) == {}


def test_a_concluded_member_says_less_than_a_named_one() -> None:
    concluded = serving(("x", "a"), ("y", "b"), basis="traffic", confidence=0.8)
    assert derived(edges(("x", "y"), confidence=0.9), concluded) == {("a", "b"): 0.576}


def test_a_call_of_a_server_of_two_applications_is_one_question_however_often_it_is_asked() -> None:
    both = serving(("x", "a"), ("x", "b"), ("z", "c"), ("z2", "c"))
    once, twice = (derived(edges(*ties, confidence=0.96), both) for ties in ([("x", "z")], [("x", "z"), ("x", "z2")]))
    assert once == twice == {("a", "c"): 0.48, ("b", "c"): 0.48}


def test_the_call_is_that_of_the_application_which_is_known_to_call() -> None:
    both = serving(("x", "a"), ("x", "b"), ("x2", "a"), ("z", "c"))
    clear = derived(edges(("x", "z"), ("x2", "z"), confidence=0.7), both)
    assert clear == {("a", "c"): 0.91}
    stated = derived(edges(("x", "z"), ("a", "c", "application"), confidence=0.9), both)
    assert stated == {("a", "c"): 0.9}


def test_proposed_applications_are_no_ends() -> None:
    assert derived(edges(("x", "y")), serving(("x", "p_1"), ("y", "b"))) == {}


def test_nothing_gives_nothing() -> None:
    assert derived(edges(), serving()) == {}


def test_evidence_about_a_misspelt_application_is_about_the_one_that_is_meant() -> None:
    evidence = pl.DataFrame({"from_asset": ["bad", "x", "bad"], "to_asset": ["y", None, "good"], "n": [1, 2, 3]})
    aliases = pl.DataFrame({"alias_id": ["bad"], "application_id": ["good"]})
    assert canonical_ends(evidence, aliases).rows() == [("good", "y", 1), ("x", None, 2)]
    assert canonical_ends(evidence, aliases.clear()).equals(evidence)


def test_the_calls_of_an_addresss_former_holder_say_nothing_of_the_present_one() -> None:
    of = serving(("x", "a"), ("x2", "a"), ("z", "c"), ("z2", "c"))
    ties = edges(("x", "z"), ("z2", "x"), ("x", "x2"))
    days = [[1, 1, 5], [2, 3, 30]]
    seen = {
        name: pl.Series([datetime(2026, 6, d) for d in days[n]], dtype=pl.Datetime("us"))
        for n, name in enumerate(("first_seen", "last_seen"))
    }
    assert derived(ties, of) == {("a", "c"): 0.95, ("c", "a"): 0.95}
    assert derived(ties.with_columns(**seen), of) == {}


def test_a_load_balancer_calls_for_others() -> None:
    balanced = inventory(*APPS.to_dicts(), {"asset_id": "x", "classified_type": "load_balancer"})
    frame = derived_evidence(edges(("x", "y"), ("y", "z")), ONE_EACH, balanced, DependencyParams())
    assert frame.select("from_asset", "to_asset").rows() == [("b", "c")]


def test_one_connection_in_all_is_a_lead_and_says_so_while_two_or_a_told_call_are_not() -> None:
    once = edges(("x", "y"), confidence=0.6).with_columns(observations=pl.lit(1, pl.Int64), ports=pl.lit([443]))
    params = DependencyParams()
    frame = derived_evidence(once, ONE_EACH, APPS, params)
    assert frame["weight"].to_list() == pytest.approx([0.6 * params.lone])
    assert frame["against"].to_list() == ["rests on one connection"]
    assert derived(once.with_columns(observations=pl.lit(2, pl.Int64)), ONE_EACH) == {("a", "b"): 0.6}
    assert derived(once.with_columns(ports=pl.lit([], pl.List(pl.Int64))), ONE_EACH) == {("a", "b"): 0.6}
