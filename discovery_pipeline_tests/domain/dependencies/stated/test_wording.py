"""The words of a relationship: direction and meaning."""

import polars as pl
import pytest

from discovery_pipeline.domain.dependencies.stated.wording import read_wording, wording_table


@pytest.mark.parametrize(
    ("text", "meaning", "parent_depends"),
    [
        ("Depends on::Used by", "depends", True),
        ("Used by::Depends on", "depends", False),
        ("DEPENDS_ON", "depends", True),
        ("dependsOn", "depends", True),
        ("Runs on::Runs", "runs_on", True),
        ("Runs::Runs on", "runs_on", False),
        ("Hosted on::Hosts", "runs_on", True),
        ("Hosts::Hosted on", "runs_on", False),
        ("Virtualized by::Virtualizes", "runs_on", True),
        ("Contains::Contained by", "member", False),
        ("Members::Member of", "member", False),
        ("Member of::Members", "member", True),
        ("Monitored by::Monitors", "manages", True),
        ("Backs up::Backed up by", "manages", False),
        ("Connects to::Connected by", "connects", True),
        ("Receives data from::Sends data to", "connects", False),
        ("Load balanced by::Load balances", "depends", False),
        ("hängt ab von", "depends", True),
        ("ha\u0308ngt ab von", "depends", True),
        ("wird verwendet von", "depends", False),
        ("läuft auf", "runs_on", True),
        ("enthält", "member", False),
        ("hébergé par", "runs_on", True),
        ("depende de", "depends", True),
        ("Owned by::Owns", "none", True),
        ("Related to::Related to", "related", True),
    ],
)
def test_known_words_give_meaning_and_direction(text: str, meaning: str, parent_depends: bool) -> None:
    assert read_wording(text) == (meaning, parent_depends)


def test_a_second_half_alone_is_read_from_the_child() -> None:
    assert read_wording("Frobnicates::Used by") == ("depends", True)
    assert read_wording("Frobnicated by::Depends on") == ("depends", False)


@pytest.mark.parametrize("text", ["frobnicates", "", None, "::"], ids=["new word", "empty", "null", "no words"])
def test_unknown_words_keep_the_stated_order(text: str | None) -> None:
    assert read_wording(text) == ("unknown", True)


def test_one_row_per_distinct_type_with_null() -> None:
    table = wording_table(pl.Series(["Uses", None, "Uses", "Runs on"]))
    assert table.rows() == [(None, "unknown", True), ("Runs on", "runs_on", True), ("Uses", "depends", True)]


@pytest.mark.parametrize(
    ("words", "meaning", "parent_depends"),
    [
        ("haengt ab von", "depends", True),
        ("hangt ab von", "depends", True),
        ("benoetigt", "depends", True),
        ("est utilise par", "depends", False),
        ("s'appuie sur", "depends", True),
        ("depende de::es usado por", "depends", True),
        ("es usado por", "depends", False),
        ("está alojado en", "runs_on", True),
        ("wird bereitgestellt von", "depends", True),
        ("liefert Daten an", "connects", True),
        ("reçoit des données de", "connects", False),
    ],
)
def test_other_languages_with_and_without_their_accents(words: str, meaning: str, parent_depends: bool) -> None:
    assert read_wording(words) == (meaning, parent_depends)
