"""One cell after the other against a column's rule."""

from __future__ import annotations

import polars as pl
import pytest

from discovery_pipeline.domain.vendors.issues import ISSUES, wordings
from discovery_pipeline.domain.vendors.preflight import check, judge
from discovery_pipeline.domain.vendors.rules import VENDORS, ColumnRule, TableRule, Vendor, rules_of

TEXT = ColumnRule("Note", longest=10, cut=True, forbidden=",")
NAME = ColumnRule("Name", missing="rejected", otherwise="rejected", longest=10, unique=True)
COUNT = ColumnRule("Count", type="integer", least=1, most=8)
WORD = ColumnRule("Word", one_of=("VMware", "Hyper-V"))
FORM = ColumnRule("Day", pattern=r"\d{4}-\d\d-\d\d")


@pytest.mark.parametrize(
    ("rule", "value", "became", "change", "fault"),
    [
        pytest.param(TEXT, "plain", "plain", None, None, id="nothing to do"),
        pytest.param(TEXT, "two\nlines", "two lines", "line_break", None, id="line break"),
        pytest.param(TEXT, "a, b,c", "a b c", "forbidden", None, id="comma"),
        pytest.param(TEXT, "=2+2", "2+2", "formula", None, id="formula of a note"),
        pytest.param(TEXT, "＝2", "2", "formula", None, id="full-width formula"),
        pytest.param(TEXT, "eleven chars", "eleven cha", "too_long", None, id="too long is cut"),
        pytest.param(TEXT, " ", None, None, None, id="blank is nothing"),
        pytest.param(NAME, "=srv", "=srv", None, "formula", id="a name is not altered"),
        pytest.param(NAME, "eleven-char", "eleven-char", None, "too_long", id="a name is not cut"),
        pytest.param(COUNT, "8", "8", None, None, id="at the bound"),
        pytest.param(COUNT, "0", "0", None, "out_of_range", id="below"),
        pytest.param(COUNT, "9", "9", None, "out_of_range", id="above"),
        pytest.param(COUNT, "-1", "-1", None, "not_a_number", id="negative"),
        pytest.param(COUNT, "2.5", "2.5", None, "not_a_number", id="no whole number"),
        pytest.param(WORD, "VMware", "VMware", None, None, id="listed"),
        pytest.param(WORD, "KVM", "KVM", None, "not_listed", id="not listed"),
        pytest.param(FORM, "2021-02-03", "2021-02-03", None, None, id="form"),
        pytest.param(FORM, "3.2.21", "3.2.21", None, "wrong_form", id="another form"),
    ],
)
def test_a_cell_is_judged_by_its_rule(
    rule: ColumnRule, value: str, became: str | None, change: str | None, fault: str | None
) -> None:
    assert judge(pl.Series([value, None]), rule).rows() == [(value, became, change, fault)]


def table(rows: list[dict[str, str | None]]) -> pl.DataFrame:
    columns = ["asset_id", "name", "Name", "Note", "Count", "Word"]
    return pl.DataFrame(
        [{name: row.get(name) for name in columns} for row in rows], schema=dict.fromkeys(columns, pl.String)
    )


RULES = TableRule("servers", (NAME, TEXT, COUNT, WORD))


def test_what_is_optional_goes_without_its_faults() -> None:
    checked = check(table([{"asset_id": "a", "Name": "srv", "Count": "99", "Word": "KVM"}]), RULES)
    assert checked.rows.select("Name", "Count", "Word", "apart").rows() == [("srv", None, None, False)]
    assert checked.issues.select("column", "value", "became", "outcome").rows() == [
        ("Count", "99", None, "left_blank"),
        ("Word", "KVM", None, "left_blank"),
    ]


def test_a_row_with_several_faults_is_refused_once_and_told_of_each() -> None:
    needy = TableRule("servers", (NAME, ColumnRule("Count", type="integer", missing="rejected")))
    checked = check(table([{"asset_id": "a"}]), needy)
    assert checked.rows.is_empty()
    assert checked.issues.select("column", "rule").rows() == [("Count", "missing"), ("Name", "missing")]


def test_what_the_vendor_cannot_use_is_set_apart_with_its_value() -> None:
    listed = TableRule("servers", (NAME, ColumnRule("Word", otherwise="set_apart", one_of=("VMware",))))
    checked = check(table([{"asset_id": "a", "Name": "x", "Word": "KVM"}]), listed)
    assert checked.rows.select("Word", "apart").rows() == [("KVM", True)]


def test_of_a_name_twice_the_usable_row_stays_before_the_first() -> None:
    listed = TableRule("servers", (NAME, ColumnRule("Word", otherwise="set_apart", one_of=("VMware",))))
    rows = [{"asset_id": "a", "Name": "X", "Word": "KVM"}, {"asset_id": "b", "Name": "x", "Word": "VMware"}]
    checked = check(table(rows), listed)
    assert checked.rows["asset_id"].to_list() == ["b"]
    assert checked.issues.filter(rule="not_unique")["asset_id"].to_list() == ["a"]


def test_a_row_needs_one_of_its_identifiers() -> None:
    either = TableRule("servers", (ColumnRule("Name"), ColumnRule("Note")), any_of=("Name", "Note"))
    rows = [{"asset_id": "a"}, {"asset_id": "b", "Note": "n"}]
    checked = check(table(rows), either)
    assert checked.rows["asset_id"].to_list() == ["b"]
    assert checked.issues["rule"].to_list() == ["no_identifier"]


def test_no_rows_make_no_issues() -> None:
    checked = check(table([]), RULES)
    assert (checked.rows.height, dict(checked.issues.schema)) == (0, ISSUES)


@pytest.mark.parametrize("vendor", VENDORS)
def test_every_rule_names_a_source_that_was_read(vendor: Vendor) -> None:
    rules = rules_of(vendor)
    assert {column.source for table in rules.tables for column in table.columns} <= set(rules.sources)
    assert all(source.address.startswith("https://") for source in rules.sources.values())


def test_every_word_to_people_says_why_and_what_to_do() -> None:
    assert all(set(words) == {"why", "advice"} for words in wordings().values())
