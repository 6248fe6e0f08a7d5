"""Kept answers: the last one stays, a tenant's are its own, and they can be dropped."""

from __future__ import annotations

from dataclasses import replace

import pytest

from discovery_pipeline.store.kept_answers import KeptRow, count_answers, drop_answers, find_answers
from discovery_pipeline.store.session import Database
from discovery_pipeline.store.tenants import add_tenant
from discovery_pipeline_tests.store.model_rows import keep_answers

ANSWER = KeptRow("q1", '{"i1": "hostname"}', "openai", "gpt", "mapping@1", 100, 5)
UNCOUNTED = KeptRow("q2", "{}", "local", "qwen", "mapping@1")


@pytest.fixture
def tenants(database: Database) -> Database:
    for tenant in ("acme", "other"):
        add_tenant(database, tenant)
    return database


def test_what_was_kept_is_found_by_its_question(tenants: Database) -> None:
    keep_answers(tenants, "acme", [UNCOUNTED, ANSWER])
    keep_answers(tenants, "acme", [])
    assert find_answers(tenants, "acme", {"q1", "q2", "q3"}) == [ANSWER, UNCOUNTED]
    assert find_answers(tenants, "acme", {"q3"}) == find_answers(tenants, "acme", set()) == []
    assert find_answers(tenants, "other", {"q1"}) == []


def test_the_last_answer_stays_and_outdated_ones_go(tenants: Database) -> None:
    another = replace(ANSWER, text="another")
    keep_answers(tenants, "acme", [ANSWER])
    keep_answers(tenants, "acme", [another, UNCOUNTED])
    assert find_answers(tenants, "acme", ["q1", "q2"]) == [another, UNCOUNTED]
    keep_answers(tenants, "acme", [ANSWER], outdated=["q1", "q2", "q3"])
    assert find_answers(tenants, "acme", ["q1", "q2"]) == [ANSWER]


def test_they_can_be_dropped_tenant_by_tenant(tenants: Database) -> None:
    keep_answers(tenants, "acme", [ANSWER, UNCOUNTED])
    keep_answers(tenants, "other", [ANSWER])
    assert (drop_answers(tenants, "acme"), drop_answers(tenants, "acme")) == (2, 0)
    assert (count_answers(tenants, "acme"), count_answers(tenants, "other")) == (0, 1)
