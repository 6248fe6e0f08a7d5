"""Names are found however they are spelled, the longest first."""

from __future__ import annotations

import polars as pl
import pytest

from discovery_pipeline.agents.known_names import KnownNames, name_key, name_keys

KNOWN = KnownNames(
    {
        "host": ["crm-db-01", "Zürich-DC1", "web", "x1", "prod-web"],
        "application": pl.Series(["Claims Archive", "Finance", "Domain Controller", "web"]),
        "person": ["Ada Lovelace", "Lovelace", "crm-db-01"],
    }
)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        pytest.param("crm-db-01", "host", id="as it is, of two kinds the first"),
        pytest.param("CRM_DB_01", "host", id="other marks and capitals"),
        pytest.param("CrmDb01", "host", id="without marks"),
        pytest.param("Ｃｒｍ－ＤＢ－０１", "host", id="full width"),
        pytest.param("Zu\u0308rich dc1", "host", id="decomposed"),
        pytest.param("ZURICH-DC1", "host", id="without accents"),
        pytest.param("prod-web", "host", id="of words of ours, but together a name"),
        pytest.param("claims archive", "application", id="of several words"),
        pytest.param("Finance", None, id="a word of everybody's"),
        pytest.param("web", None, id="a role"),
        pytest.param("Domain Controller", None, id="a phrase of everybody's"),
        pytest.param("x1", None, id="a code"),
        pytest.param("crm-db-02", None, id="another name"),
        pytest.param("", None, id="nothing"),
    ],
)
def test_what_a_text_is_the_name_of(text: str, kind: str | None) -> None:
    assert KNOWN.kind_of(text) == kind


def test_the_longest_name_is_found_and_names_do_not_overlap() -> None:
    tokens = ["crm", "db", "01", "of", "Ada", "Lovelace", "and", "LOVELACE", "claims", "archive"]
    assert KNOWN.found(tokens) == [(0, 3, "host"), (4, 6, "person"), (7, 8, "person"), (8, 10, "application")]


def test_without_names_nothing_is_found() -> None:
    assert KnownNames().found(["crm", "db"]) == []
    assert KnownNames().kind_of("crm") is None


@pytest.mark.parametrize(
    "name", ["CRM-DB-01", "Straße 7", "Łódź_ø", "Ｃｒｍ", "e\u0301a", "東京サーバ1", "İx", "a.b@c", "Œuvre", "१२३"]
)
def test_a_columns_keys_are_those_of_its_texts(name: str) -> None:
    assert pl.select(name_keys(pl.lit(name))).item() == name_key(name)
