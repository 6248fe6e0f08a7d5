"""Which generation a run is, told as stories: runs over inputs under corrections, what they registered and saw."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from discovery_pipeline.domain.inventory.identities.generations import MOST_BASELINES, Generation, Plan, Published, plan


@dataclass
class Tenant:
    """What store and frames hold after every run. path: the inputs that the registry rests on, by generation."""

    known: dict[int, Generation] = field(default_factory=dict)
    published: Published | None = None
    runs: int = 0
    alive: set[str] = field(default_factory=set)

    def run(self, files: str, inputs: str, *corrections: int, publishes: bool = True) -> Plan:
        made = plan(tuple(self.known.values()), self.published, files, f"{files}/{inputs}", corrections)
        number = made.generation.number
        self.known = {n: g for n, g in self.known.items() if made.compact_before <= n < number}
        self.known[number] = made.generation
        if publishes:
            self.runs += 1
            version = f"v{self.runs}"
            before = {self.published.version} if self.published else set()
            self.alive = {version, *before, *(made.keep & self.alive)}
            self.published = Published(version, made.generation)
        return made

    @property
    def path(self) -> list[str]:
        return [each.input for each in self.known.values()]


def seen(made: Plan) -> tuple[int, str | None, str | None, str | None]:
    each = made.generation
    return each.number, each.baseline, each.delivery, each.missing


def test_the_first_run_has_nothing_before_it_and_repeating_it_changes_nothing() -> None:
    tenant = Tenant()
    first = tenant.run("f", "a")
    assert seen(first) == (1, None, None, None)
    assert tenant.run("f", "a") == first


def test_other_input_goes_on_from_the_run_before() -> None:
    tenant = Tenant()
    tenant.run("f", "a")
    assert seen(tenant.run("f", "b", 1)) == (2, "v1", None, "v1")
    assert seen(tenant.run("f", "c", 1, 2)) == (3, "v2", None, "v1")


def test_a_correction_that_was_undone_leaves_no_trace() -> None:
    tenant = Tenant()
    tenant.run("f", "a")
    before = tenant.run("f", "b", 1)
    tenant.run("f", "c", 1, 2)
    assert tenant.run("f", "b", 1) == before
    assert tenant.path == ["f/a", "f/b"]
    assert seen(tenant.run("f", "d", 1, 3)) == (3, "v4", None, "v1")


def test_a_forgotten_correction_is_as_if_it_had_never_been_made() -> None:
    learned, never = Tenant(), Tenant()
    for tenant in (learned, never):
        tenant.run("f", "a")
    learned.run("f", "b", 1)
    learned.run("f", "c", 1, 2)
    assert learned.run("f", "d", 2) == never.run("f", "d", 2)
    assert learned.path == never.path


def test_an_input_that_was_reached_over_a_forgotten_correction_is_made_anew() -> None:
    tenant = Tenant()
    tenant.run("f", "a")
    tenant.run("f", "b", 1)
    tenant.run("f", "c", 1, 2)
    tenant.run("f", "c", 2)
    assert tenant.path == ["f/a", "f/c"]


def test_forgetting_what_the_delivery_began_with_begins_it_again() -> None:
    tenant = Tenant()
    tenant.run("f", "a", 1)
    tenant.run("g", "a", 1)
    tenant.run("g", "b", 1, 2)
    assert seen(tenant.run("g", "c", 2)) == (2, "v1", "v1", None)
    assert tenant.path == ["g/c"]


def test_a_delivery_is_compared_with_the_last_inventory_of_other_files() -> None:
    tenant = Tenant()
    tenant.run("f", "a")
    tenant.run("f", "b", 1)
    first = tenant.run("g", "b", 1)
    assert seen(first) == (3, "v2", "v2", None)
    assert seen(tenant.run("g", "c", 1, 2)) == (4, "v3", "v2", "v3")
    assert tenant.run("g", "b", 1).generation == first.generation


def test_the_generations_of_a_delivery_are_kept_until_the_next_one_is_published() -> None:
    tenant = Tenant()
    for files in "fg":
        tenant.run(files, "a")
        tenant.run(files, "b", 1)
    assert tenant.run("h", "b", 1).compact_before == 3
    assert tenant.path == ["g/a", "g/b", "h/b"]
    assert tenant.run("h", "b", 1).compact_before == 5
    assert tenant.path == ["h/b"]


@pytest.mark.parametrize("input_after", ["b", "c"], ids=["the same again", "another correction"])
def test_a_run_that_stopped_before_it_published_is_made_again(input_after: str) -> None:
    killed, calm = Tenant(), Tenant()
    for tenant in (killed, calm):
        tenant.run("f", "a")
    killed.run("f", "b", 1, publishes=False)
    assert killed.run("f", input_after, 1, 2) == calm.run("f", input_after, 1, 2)
    assert killed.path == calm.path


def test_a_delivery_that_stopped_before_it_published_hides_nothing_of_the_one_before() -> None:
    tenant = Tenant()
    before = tenant.run("f", "a")
    tenant.run("f", "b", 1)
    tenant.run("g", "b", 1, publishes=False)
    assert tenant.run("f", "a") == before


def test_what_an_inventory_is_compared_with_is_kept_for_a_while() -> None:
    tenant = Tenant()
    tenant.run("e", "a")
    for number in range(9):
        made = tenant.run("f", f"i{number}", *range(number))
        each = made.generation
        assert {each.baseline, each.delivery, each.missing} - {None} <= tenant.alive
    assert len(tenant.alive) <= MOST_BASELINES + 4
    again = tenant.run("f", "i6", *range(6)).generation
    assert {again.baseline, again.delivery, again.missing} <= tenant.alive
    first = tenant.run("f", "i0").generation
    assert {first.baseline, first.delivery} <= tenant.alive


@pytest.mark.parametrize(
    ("files", "inputs", "expected"),
    [
        pytest.param("f", "b", (2, "v1", None, "v1"), id="the same input"),
        pytest.param("f", "c", (3, None, None, "v1"), id="other input"),
        pytest.param("g", "b", (3, None, None, None), id="other files"),
    ],
)
def test_what_is_registered_outlives_its_frames(
    files: str, inputs: str, expected: tuple[int, str | None, str | None, str | None]
) -> None:
    tenant = Tenant()
    tenant.run("f", "a")
    tenant.run("f", "b", 1)
    tenant.published = None
    assert seen(tenant.run(files, inputs, 1, 2)) == expected
    assert tenant.path[0] == "f/a"


@pytest.mark.parametrize("files", ["f", "g"], ids=["the same files", "other files"])
def test_an_inventory_from_before_there_were_generations_is_gone_on_from(files: str) -> None:
    old = Published("v1", Generation(0, "f", "unknown", frozenset(), "v0", "v0"))
    expected = (1, "v1", "v0", "v1") if files == "f" else (1, "v1", "v1", None)
    assert seen(plan((), old, files, "a", ())) == expected
