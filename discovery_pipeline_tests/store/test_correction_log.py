"""The log searched where it is kept: words, people, kinds, states, pages, and never another tenant's."""

from __future__ import annotations

import pytest

from discovery_pipeline.domain.learning.corrections import Action, NewCorrection
from discovery_pipeline.store.correction_log import LogQuery, count_log, log_authors, logged, search_log
from discovery_pipeline.store.corrections import forget, record, undo
from discovery_pipeline.store.learned import LearnedQuery, count_learned, search_learned, would_forget
from discovery_pipeline.store.mapping_outcomes import Outcome, add_outcome, judged_outcomes
from discovery_pipeline.store.session import Database
from discovery_pipeline.store.tenants import add_tenant


def spelling(raw: str, value: str, author: str = "ada", reason: str = "") -> NewCorrection:
    target = {"record": "asset", "field": "environment", "raw": raw, "source": None}
    return NewCorrection("value", "set", target, {"value": value}, {}, {}, author, reason)


def column(header: str, *, right: bool, sure: float) -> NewCorrection:
    target = {"source": "s", "series": "f", "table": "t", "header_key": header, "occurrence": 0}
    was = {"field": "hostname", "confidence": sure, "status": "review", "method": "lexicon"}
    said = {"field": "hostname" if right else "fqdn"}
    action: Action = "accepted" if right else "changed"
    return NewCorrection("mapping", action, target, said, was, {"header": header}, "ada", "")


@pytest.fixture
def acme(database: Database) -> Database:
    """1 prd (superseded by 4 of the same author), 2 tst (undone by 5), 3 dev of bob."""
    for tenant in ("acme", "other"):
        add_tenant(database, tenant)
    record(database, "acme", [spelling("prd", "test"), spelling("tst", "test")])
    record(database, "acme", [spelling("dev", "development", "bob", "Ärger im Haus")])
    record(database, "acme", [spelling("prd", "production")])
    undo(database, "acme", [2], "ada")
    return database


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        (LogQuery(), [5, 4, 3, 2, 1]),
        (LogQuery("PRD"), [4, 1]),
        (LogQuery("prd production"), [4]),
        (LogQuery("ärger"), [3]),
        (LogQuery("100%"), []),
        (LogQuery(authors=("bob",)), [3]),
        (LogQuery(kinds=("mapping",)), []),
        (LogQuery(kinds=("value", "edge"), authors=("ada",)), [5, 4, 2, 1]),
        (LogQuery(states=("standing",)), [4, 3]),
        (LogQuery(states=("superseded", "undone")), [2, 1]),
        (LogQuery(states=("undoing",)), [5]),
    ],
    ids=lambda value: str(value)[:60],
)
def test_decisions_are_found_the_newest_first(acme: Database, query: LogQuery, numbers: list[int]) -> None:
    assert [each.correction.number for each in search_log(acme, "acme", query)] == numbers
    assert count_log(acme, "acme", query) == len(numbers)


def test_pages_follow_each_other(acme: Database) -> None:
    pages = [search_log(acme, "acme", LogQuery(), offset, 2) for offset in (0, 2, 4, 6)]
    assert [[each.correction.number for each in page] for page in pages] == [[5, 4], [3, 2], [1], []]


def test_one_is_told_with_what_undid_it(acme: Database) -> None:
    found = logged(acme, "acme", 2)
    assert found is not None
    assert (found.state, found.undone_by, found.correction.what.target["raw"]) == ("undone", 5, "tst")
    assert logged(acme, "acme", 99) is None
    assert logged(acme, "other", 2) is None


def test_people_are_told_by_how_often_they_decided(acme: Database) -> None:
    assert list(log_authors(acme, "acme").items()) == [("ada", 4), ("bob", 1)]
    assert log_authors(acme, "other") == {}


def test_what_was_forgotten_is_in_no_log(acme: Database) -> None:
    forget(acme, "acme", [3], "ada")
    assert [each.correction.number for each in search_log(acme, "acme", LogQuery())] == [5, 4, 2, 1]


def test_lessons_are_found_by_state_and_words(acme: Database) -> None:
    current = search_learned(acme, "acme", LearnedQuery())
    assert {each.pattern.said["value"] for each in current} == {"production", "development"}
    assert count_learned(acme, "acme", LearnedQuery("dev")) == 1
    assert count_learned(acme, "acme", LearnedQuery("bob")) == 1
    assert count_learned(acme, "acme", LearnedQuery(kinds=("edge",))) == 0
    assert count_learned(acme, "acme", LearnedQuery(state="retired")) == 1
    assert count_learned(acme, "acme", LearnedQuery(state=None)) == 4
    assert search_learned(acme, "other", LearnedQuery(state=None)) == ()


def test_forgetting_tells_what_it_would_delete_and_deletes_nothing(acme: Database) -> None:
    record(acme, "acme", [spelling("prd", "production", "bob")])
    found = would_forget(acme, "acme", [2, 4])
    assert (found.by_kind, found.undoings, found.gone, found.weaker) == ({"value": 2}, 1, 1, 1)
    assert count_log(acme, "acme", LogQuery()) == 6
    assert would_forget(acme, "other", [2]).by_kind == {}


def test_a_run_is_judged_by_the_first_decisions_after_it(acme: Database) -> None:
    assert judged_outcomes(acme, "acme") == []
    add_outcome(acme, "acme", Outcome("r1", 5, 3, 2, 0, 0.75))
    record(acme, "acme", [column("name", right=True, sure=0.8), column("host", right=False, sure=0.6)])
    add_outcome(acme, "acme", Outcome("r2", 7, 1, 2, 2, None))
    record(acme, "acme", [column("host", right=True, sure=0.9), column("fqdn", right=True, sure=0.7)])
    first, second = judged_outcomes(acme, "acme")
    assert (first.outcome.run_id, first.judged, first.right, first.sure) == ("r1", 2, 1, pytest.approx(0.7))
    assert (second.outcome, second.judged, second.right) == (Outcome("r2", 7, 1, 2, 2, None), 1, 1)
    assert [each.outcome.run_id for each in judged_outcomes(acme, "acme", most=1)] == ["r2"]
    assert judged_outcomes(acme, "other") == []
