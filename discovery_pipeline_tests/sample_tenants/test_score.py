from __future__ import annotations

import polars as pl
import pytest

from discovery_pipeline_tests.sample_tenants import score

FILE = {"file": "a.csv", "table": "a"}


def records(*rows: tuple[str, str]) -> pl.DataFrame:
    """(outcome, true_id) per row, numbered from 0."""
    return pl.DataFrame([{**FILE, "row": n, "outcome": o, "true_id": t} for n, (o, t) in enumerate(rows)])


def lineage(*rows: tuple[int, str | None]) -> pl.DataFrame:
    schema = {"file": pl.String, "table": pl.String, "row": pl.Int64, "asset_id": pl.String}
    return pl.DataFrame([{**FILE, "row": n, "asset_id": a} for n, a in rows], schema=schema)


def quarantine(*rows: int | None) -> pl.DataFrame:
    schema = {"file": pl.String, "table": pl.String, "row": pl.Int64}
    return pl.DataFrame([{**FILE, "row": n} for n in rows], schema=schema)


FOUR = records(("asset", "T1"), ("asset", "T1"), ("detail", "T1"), ("asset", "T2"))


@pytest.mark.parametrize(
    ("ids", "precision", "recall"),
    [
        pytest.param("aaab", 1.0, 1.0, id="as-it-is"),
        pytest.param("aaaa", 0.5, 1.0, id="one-swallows-all"),
        pytest.param("abcd", 1.0, 0.0, id="nothing-joined"),
        pytest.param("aabb", 0.5, 1 / 3, id="one-in-the-wrong-place"),
    ],
)
def test_pairwise(ids: str, precision: float, recall: float) -> None:
    got = score.pairwise(lineage(*enumerate(ids)), FOUR)
    assert (got.precision, got.recall) == pytest.approx((precision, recall))


def test_pairwise_counts_rows_set_aside_against_recall_only() -> None:
    got = score.pairwise(lineage((0, "a"), (1, "a"), (3, "b")), FOUR)
    assert (got.precision, got.recall) == pytest.approx((1.0, 1 / 3))


def test_pairwise_ignores_rows_that_are_no_assets() -> None:
    truth = records(("asset", "T1"), ("connection", ""), ("connection", ""))
    got = score.pairwise(lineage((0, "a"), (1, None), (2, None)), truth)
    assert (got.made, got.wanted) == (0, 0)


@pytest.mark.parametrize(
    ("ids", "right"),
    [
        pytest.param("aaab", 2, id="as-it-is"),
        pytest.param("aaaa", 0, id="one-swallows-all"),
        pytest.param("abcd", 1, id="nothing-joined"),
        pytest.param("aabb", 0, id="one-in-the-wrong-place"),
        pytest.param("aacb", 1, id="a-detail-apart"),
    ],
)
def test_exactly_right_things_have_all_their_rows_and_no_other(ids: str, right: int) -> None:
    got = score.exactly_right(score.together(lineage(*enumerate(ids)), FOUR))
    assert (got.right, got.wanted) == (right, 2)


def test_a_thing_with_a_row_in_no_asset_is_not_exactly_right() -> None:
    got = score.exactly_right(score.together(lineage((0, "a"), (1, "a"), (3, "b")), FOUR))
    assert got.right == 1


@pytest.mark.parametrize(("ids", "count"), [("aaab", 0), ("aaba", 1), ("bbbb", 1)], ids=["apart", "in-part", "whole"])
def test_two_things_are_merged_where_rows_of_both_stand_in_one_asset(ids: str, count: int) -> None:
    pairs = pl.DataFrame({"retired": ["T1"], "successor": ["T2"]})
    assert score.merged(score.together(lineage(*enumerate(ids)), FOUR), pairs).height == count


def test_the_main_asset_of_a_thing_holds_most_of_its_rows() -> None:
    shared = score.together(lineage(*enumerate("abbb")), FOUR)
    assert dict(score.main_assets(shared).sort("true_id").iter_rows()) == {"T1": "b", "T2": "b"}


def test_types_stand_beside_the_true_ones() -> None:
    main = pl.DataFrame({"true_id": ["T1"], "asset_id": ["a1"]})
    found = pl.DataFrame({"asset_id": ["a1"], "classified_type": ["database"], "type_confidence": [0.9]})
    row = score.types(found, main, truth()).row(0, named=True)
    assert (row["true_id"], row["classified_type"]) == ("T1", "database")


@pytest.mark.parametrize(
    ("placed", "aside", "missing", "doubled", "unknown"),
    [
        pytest.param((0, 1, 2), (3, None), [], [], [], id="whole-file-finding-is-no-row"),
        pytest.param((0, 1), (3,), [2], [], [], id="missing"),
        pytest.param((0, 1, 2), (2, 3), [], [2], [], id="in-both"),
        pytest.param((0, 1, 2, 2), (3,), [], [2], [], id="twice-in-lineage"),
        pytest.param((0, 1, 2, 9), (3,), [], [], [9], id="nobody-put-it-in"),
    ],
)
def test_conservation(placed, aside, missing, doubled, unknown) -> None:
    got = score.conservation(lineage(*((n, "a") for n in placed)), quarantine(*aside), FOUR)
    assert [[row for *_, row in rows] for rows in (got.missing, got.doubled, got.unknown)] == [
        missing,
        doubled,
        unknown,
    ]
    assert got.holds == (not (missing or doubled or unknown))


def test_set_aside_wants_the_broken_rows_and_only_those() -> None:
    truth = records(("asset", "T1"), ("quarantined", ""), ("dropped", ""), ("any", ""))
    got = score.set_aside(quarantine(0, 1, 3), truth)
    assert (got.precision, got.recall) == (0.5, 0.5)


def mapping_truth() -> pl.DataFrame:
    gold = ["hostname", "fqdn|hostname", "", "|tags", "ip_address"]
    return pl.DataFrame([{**FILE, "position": n, "field": g} for n, g in enumerate(gold)])


def document(*fields: str | None) -> dict[str, object]:
    columns = [{"position": n, "field": f} for n, f in enumerate(fields)]
    return {"files": [{"file": "a.csv", "tables": [{"table": "a", "columns": columns}]}, {"file": "x", "error": "!"}]}


@pytest.mark.parametrize(
    ("fields", "accuracy", "precision", "recall"),
    [
        pytest.param(("hostname", "hostname", None, None, "ip_address"), 1.0, 1.0, 1.0, id="all-right"),
        pytest.param(("hostname", "fqdn", None, "tags", None), 0.8, 1.0, 0.75, id="one-missed"),
        pytest.param(("hostname", "uuid", "vlan", None, "ip_address"), 0.6, 0.5, 2 / 3, id="one-wrong-one-made-up"),
        pytest.param((), 0.4, 1.0, 0.0, id="nothing-mapped"),
    ],
)
def test_mapping(fields, accuracy, precision, recall) -> None:
    got, scored = score.mapping(score.mapping_rows(document(*fields)), mapping_truth())
    assert (got, scored.precision, scored.recall) == pytest.approx((accuracy, precision, recall))


ASSETS = [
    ("T1", "web1", "virtual_machine", "4096"),
    ("T2", "db1", "physical_server", ""),
    ("T3", "ORCL@db1", "database", ""),
    ("T4", "Payroll", "application", ""),
    ("T5", "mon1", "virtual_machine", "2048"),
]
EDGES = [
    ("T1", "T2", "", "tier", "1"),
    ("T3", "T2", "", "hosting", "1"),
    ("T4", "T1", "", "hosting", "0"),
    ("T5", "T1", "", "management", "1"),
    ("T1", "", "203.0.113.9", "external", "1"),
]


def truth() -> score.Truth:
    return score.Truth(
        assets=pl.DataFrame(ASSETS, schema=["true_id", "name", "type", "memory_mib"], orient="row"),
        records=records(*(("asset", t) for t in ("T1", "T2", "T3", "T5"))),
        dependencies=pl.DataFrame(EDGES, schema=["from", "to", "to_address", "kind", "required"], orient="row"),
        mappings=mapping_truth(),
    )


def inventory() -> pl.DataFrame:
    rows = [
        ("a1", "Web1", "virtual_machine", 4096.0),
        ("a2", "db1", "physical_server", None),
        ("a3", "orcl", "database", None),
        ("a4", None, "application", None),
        ("a5", "mon1", "virtual_machine", 1.0),
    ]
    frame = pl.DataFrame(rows, schema=["asset_id", "hostname", "classified_type", "memory_mib"], orient="row")
    application = pl.Series("application_name", [None, None, None, ["payroll"], None], dtype=pl.List(pl.String))
    return frame.with_columns(
        application, pl.lit(None, pl.String).alias("cluster"), pl.lit(None, pl.String).alias("hypervisor_host")
    )


def ids() -> pl.DataFrame:
    return score.true_ids(inventory(), lineage((0, "a1"), (1, "a2"), (2, "a3"), (3, "a5")), truth())


def test_true_ids_follow_records_and_else_names() -> None:
    assert dict(ids().iter_rows()) == {"a1": "T1", "a2": "T2", "a3": "T3", "a4": "T4", "a5": "T5"}


@pytest.mark.parametrize(
    ("field", "truth_field", "tolerance", "right"),
    [
        pytest.param("memory_mib", "", 0.0, 1, id="number"),
        pytest.param("memory_mib", "", 1.0, 2, id="number-within-tolerance"),
        pytest.param("hostname", "name", 0.0, 3, id="text-in-any-case"),
    ],
)
def test_values_compare_with_what_is_true(field: str, truth_field: str, tolerance: float, right: int) -> None:
    assert score.values(inventory(), ids(), truth(), field, truth_field, tolerance).right == right


def found(*rows: tuple[str, str | None, str | None, str, float]) -> pl.DataFrame:
    names = ["from_asset", "to_asset", "to_address", "kind", "confidence"]
    return pl.DataFrame(rows, schema=dict(zip(names, [pl.String] * 4 + [pl.Float64], strict=True)), orient="row")


TIER = ("a1", "a2", None, "tier", 0.9)
HOSTING = ("a3", "a2", None, "hosting", 1.0)
WATCHED = ("a1", "a5", None, "management", 0.8)
OUTSIDE = ("a1", None, "203.0.113.9", "external", 0.7)


@pytest.mark.parametrize(
    ("rows", "precision", "recall"),
    [
        pytest.param((TIER, HOSTING, WATCHED, OUTSIDE), 1.0, 1.0, id="all-found"),
        pytest.param(
            (("a1", "a3", None, "tier", 0.9), HOSTING, WATCHED, OUTSIDE), 1.0, 1.0, id="instance-stands-for-server"
        ),
        pytest.param((("a2", "a1", None, "tier", 0.9),), 0.0, 0.0, id="wrong-way-round"),
        pytest.param((TIER, (*TIER[:3], "access", 0.6)), 1.0, 0.25, id="same-ends-once"),
        pytest.param((TIER, ("a1", "a9", None, "tier", 0.9)), 0.5, 0.25, id="to-something-unknown"),
        pytest.param((TIER, ("a2", "a5", None, "tier", 0.4)), 1.0, 0.25, id="a-lead-is-not-believed"),
        pytest.param((TIER, ("a4", "a1", None, "hosting", 0.9)), 1.0, 0.25, id="true-without-being-required"),
        pytest.param((OUTSIDE, ("a1", None, "203.0.113.8", "external", 0.7)), 0.5, 0.25, id="another-address"),
    ],
)
def test_edges(rows, precision, recall) -> None:
    got, _ = score.edges(found(*rows), ids(), truth())
    assert (got.precision, got.recall) == pytest.approx((precision, recall))


def test_edges_say_how_often_the_kind_is_right() -> None:
    _, kinds = score.edges(found(TIER, (*WATCHED[:3], "infrastructure", 0.8)), ids(), truth())
    assert kinds == 0.5
