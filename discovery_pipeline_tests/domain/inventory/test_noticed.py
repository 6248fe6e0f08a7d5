"""The inventory tells how host names are built by what their parts agree with, not by what stands in them."""

from __future__ import annotations

import random
from collections.abc import Sequence

import polars as pl

from discovery_pipeline.domain.insights.contents import Meaning, NameScheme, SiteCodes, ValueCodes
from discovery_pipeline.domain.insights.insight import Insight
from discovery_pipeline.domain.inventory.noticed import noticed

SITES = {"fra": "Frankfurt", "ham": "Hamburg", "muc": "München"}
MEANINGS = {"p": "production", "t": "test", "d": "development"}
_SCHEMA = {"hostname": pl.String, "environment": pl.String, "location": pl.String}


def estate(rows: Sequence[tuple[str, str | None, str | None]]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=_SCHEMA, orient="row")


def regular(count: int = 90) -> list[tuple[str, str | None, str | None]]:
    """fra-p-crm01: site, environment, application, number."""
    made: list[tuple[str, str | None, str | None]] = []
    for number in range(count):
        site, code = list(SITES)[number % 3], list(MEANINGS)[number // 3 % 3]
        name = f"{site}-{code}-{('crm', 'erp', 'hrm', 'bi')[number % 4]}{number:02d}"
        made.append((name, MEANINGS[code], SITES[site]))
    return made


def contents(insights: Sequence[Insight]) -> list[object]:
    return [insight.content for insight in insights]


def test_parts_of_names_are_told_by_what_they_agree_with() -> None:
    found = contents(noticed(estate(regular())))
    assert found == [
        NameScheme(parts=("site", "environment", "other", "number"), share=1.0),
        SiteCodes(part=1, codes=3, share=1.0),
        ValueCodes(codes={"t": "test", "p": "production", "d": "development"}),
    ]


def test_a_code_of_which_nothing_is_known_is_asked_about() -> None:
    unknown = [(f"fra-u-crm{number}", None, None) for number in range(100, 106)]
    questions = [i for i in noticed(estate([*regular(), *unknown])) if i.kind == "question"]
    (content,) = contents(questions)
    assert isinstance(content, Meaning)
    assert (content.code, content.chosen) == ("u", None)
    assert {"staging", "none"} < set(content.offers)


def test_names_that_agree_with_nothing_are_not_told() -> None:
    drawn = random.Random(3)
    mixed = [
        (name, drawn.choice(list(MEANINGS.values())), drawn.choice(list(SITES.values()))) for name, _, _ in regular()
    ]
    assert noticed(estate(mixed)) == []


def test_one_environment_says_nothing_about_codes() -> None:
    assert noticed(estate([(name, "production", None) for name, _, _ in regular()])) == []


def test_few_or_no_names_say_nothing() -> None:
    assert noticed(estate(regular(12))) == []
    assert noticed(estate([])) == []
    assert noticed(estate([(None, None, None)] * 50)) == []  # type: ignore[list-item]


def test_no_text_of_a_name_is_told() -> None:
    told = " ".join(insight.text for insight in noticed(estate(regular())))
    assert not any(word in told for word in ("crm", "erp", "hrm", "fra", "ham", "muc", "Frankfurt"))


def test_the_order_of_assets_does_not_matter() -> None:
    rows = regular()
    assert contents(noticed(estate(rows))) == contents(noticed(estate(rows[::-1])))
