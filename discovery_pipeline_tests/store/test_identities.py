from __future__ import annotations

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from discovery_pipeline.domain.handoffs import REGISTRY
from discovery_pipeline.domain.inventory.identities.generations import Generation, Plan
from discovery_pipeline.store.identities import identities_of, load_generations, load_registry
from discovery_pipeline.store.identities import save_registry as save_generation
from discovery_pipeline.store.session import Database
from discovery_pipeline.store.tenants import add_tenant

AWKWARD = [
    "",
    " ",
    "NULL",
    "\\N",
    '"',
    "\\",
    '\\"',
    "{a,b}",
    "a,b",
    "'",
    "line\nbreak",
    "\r",
    "\t",
    "ü東😀",
    "\x01",
    "\\.",
]


def registry(*rows: tuple[str, str, int, list[str]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=REGISTRY, orient="row")


def generation(number: int = 1, inputs: str = "", compact_before: int = 1) -> Plan:
    made = Generation(number, "files", inputs or f"input {number}", frozenset({3, number}), "v1", None, "v2")
    return Plan(made, frozenset(), compact_before)


def save_registry(database: Database, tenant: str, rows: pl.DataFrame, plan: Plan | None = None) -> int:
    return save_generation(database, tenant, rows, plan or generation())


@pytest.fixture
def acme(database: Database) -> Database:
    for name in ("acme", "other"):
        add_tenant(database, name)
    return database


def test_a_fresh_tenant_has_an_empty_registry(acme: Database) -> None:
    assert_frame_equal(load_registry(acme, "acme"), pl.DataFrame(schema=REGISTRY))


def test_the_newest_identities_of_some_assets_are_those_of_the_whole_registry(acme: Database) -> None:
    save_registry(acme, "acme", registry(("a_a", "uuid:1", 0, ["uuid:1"]), ("a_b", "uuid:2", 0, AWKWARD)))
    save_registry(acme, "acme", registry(("a_a", "uuid:1", 0, ["serial:7", "uuid:1"])), generation(2))
    save_registry(acme, "other", registry(("a_c", "uuid:3", 0, [])))
    found = identities_of(acme, "acme", ["a_b", "a_a", "a_c", "a_x"])
    assert_frame_equal(found, load_registry(acme, "acme"))
    assert_frame_equal(identities_of(acme, "acme", ["a_x"]), pl.DataFrame(schema=REGISTRY))


def test_what_is_saved_is_loaded_in_order(acme: Database) -> None:
    rows = registry(("a_b", "uuid:2", 1, ["uuid:2", "serial:9"]), ("a_a", "uuid:1", 0, []), ("a_B", "ü", 2**40, ["x"]))
    assert save_registry(acme, "acme", rows) == 3
    assert_frame_equal(load_registry(acme, "acme"), rows.sort("asset_id"))


@pytest.mark.parametrize("text", AWKWARD, ids=repr)
def test_any_text_survives(acme: Database, text: str) -> None:
    rows = registry(("a_1", text, 0, [text, "x", text]))
    save_registry(acme, "acme", rows)
    assert_frame_equal(load_registry(acme, "acme"), rows)


def test_what_postgres_cannot_hold_is_replaced(acme: Database) -> None:
    save_registry(acme, "acme", registry(("a_1", "a\x00b", 0, ["\x00"])))
    assert load_registry(acme, "acme").row(0) == ("a_1", "a\ufffdb", 0, ["\ufffd"])


FIRST = registry(("a_1", "uuid:1", 0, ["uuid:1"]), ("a_2", "uuid:2", 0, ["uuid:2"]))
SECOND = registry(("a_2", "uuid:2", 0, ["uuid:2", "mac:2"]), ("a_3", "uuid:3", 0, ["uuid:3"]))
THIRD = registry(("a_2", "uuid:2", 0, ["uuid:2", "mac:2", "tag:2"]))
THREE = ((1, FIRST), (2, SECOND), (3, THIRD))


@pytest.fixture
def three(acme: Database) -> Database:
    for number, rows in THREE:
        save_registry(acme, "acme", rows, generation(number))
    return acme


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        pytest.param(1, [], id="before the first"),
        pytest.param(2, [["uuid:1"], ["uuid:2"]], id="after the first"),
        pytest.param(3, [["uuid:1"], ["uuid:2", "mac:2"], ["uuid:3"]], id="after the second"),
        pytest.param(9, [["uuid:1"], ["uuid:2", "mac:2", "tag:2"], ["uuid:3"]], id="after them all"),
    ],
)
def test_the_registry_is_read_as_it_stood_before_a_generation(
    three: Database, before: int, expected: list[list[str]]
) -> None:
    assert load_registry(three, "acme", before)["identifiers"].to_list() == expected
    newest = load_registry(three, "acme")
    assert newest["identifiers"].to_list() == [["uuid:1"], ["uuid:2", "mac:2", "tag:2"], ["uuid:3"]]


def test_generations_are_read_as_they_were_written(three: Database) -> None:
    assert load_generations(three, "acme") == tuple(generation(number).generation for number in (1, 2, 3))
    assert load_generations(three, "other") == ()


def test_a_generation_made_again_drops_what_came_later_and_is_not_written_twice(three: Database) -> None:
    assert save_registry(three, "acme", SECOND, generation(2)) == 0
    assert_frame_equal(load_registry(three, "acme"), load_registry(three, "acme", 3))
    assert [each.number for each in load_generations(three, "acme")] == [1, 2]


def test_a_generation_that_says_otherwise_takes_the_place_of_the_one_there(three: Database) -> None:
    assert save_registry(three, "acme", THIRD, generation(2, "another input")) == 1
    assert load_registry(three, "acme")["identifiers"].to_list() == [["uuid:1"], ["uuid:2", "mac:2", "tag:2"]]
    assert [each.input for each in load_generations(three, "acme")] == ["input 1", "another input"]


def test_compacting_keeps_the_newest_of_what_is_older(three: Database) -> None:
    newest = load_registry(three, "acme")
    save_registry(three, "acme", registry(), generation(4, compact_before=3))
    assert_frame_equal(load_registry(three, "acme"), newest)
    assert [each.number for each in load_generations(three, "acme")] == [3, 4]
    assert load_registry(three, "acme", 2)["asset_id"].to_list() == ["a_1"]


def test_saving_nothing_is_fine(acme: Database) -> None:
    assert save_registry(acme, "acme", pl.DataFrame(schema=REGISTRY)) == 0


def test_the_same_ids_in_two_tenants_are_two_registries(acme: Database) -> None:
    save_registry(acme, "acme", registry(("a_1", "uuid:1", 0, [])))
    save_registry(acme, "other", registry(("a_1", "uuid:9", 0, [])))
    assert load_registry(acme, "acme")["identifier"].to_list() == ["uuid:1"]
    assert load_registry(acme, "other")["identifier"].to_list() == ["uuid:9"]


def test_a_failed_save_leaves_the_registry_as_it_was(acme: Database) -> None:
    saved = registry(("a_1", "uuid:1", 0, []))
    save_registry(acme, "acme", saved)
    with pytest.raises(Exception, match="duplicate key"):
        save_registry(acme, "acme", registry(("a_2", "x", 0, []), ("a_2", "y", 0, [])), generation(1, "other input"))
    assert_frame_equal(load_registry(acme, "acme"), saved)
    assert [each.input for each in load_generations(acme, "acme")] == ["input 1"]


def test_bulk_is_bulk(acme: Database) -> None:
    """100,000 rows in well under what row-by-row statements take (half a minute)."""
    rows = pl.select(n=pl.int_range(100_000)).select(
        asset_id=pl.format("a_{}", pl.col("n").cast(pl.String).str.zfill(8)),
        identifier=pl.format("uuid:{}", "n"),
        ordinal=pl.lit(0, dtype=pl.Int64),
        identifiers=pl.concat_list(pl.format("uuid:{}", "n"), pl.format("serial:{}", "n")),
    )
    save_registry(acme, "acme", rows)
    assert_frame_equal(load_registry(acme, "acme"), rows)
