"""Columns at the run's desk: what is asked, what it costs, what becomes of the answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import polars as pl
import pytest

from discovery_pipeline.agents.choosing import Opinion
from discovery_pipeline.agents.desk import Desk
from discovery_pipeline.agents.model import Endpoint
from discovery_pipeline.domain.handoffs import ColumnMapping, TableInfo, TableKind
from discovery_pipeline.domain.mapping.candidates import Proposals, propose
from discovery_pipeline.domain.mapping.evidence import Evidence, evidence_frame
from discovery_pipeline.domain.mapping.recall.learned import Learned
from discovery_pipeline.domain.mapping.resolve import ResolveParams
from discovery_pipeline.domain.opinions.doubts import Doubt
from discovery_pipeline.services.mapping import model_answers as module
from discovery_pipeline.services.mapping.model_answers import ColumnOpinion, changes_by_models, second_opinion
from discovery_pipeline_tests.agents import fault_server
from discovery_pipeline_tests.agents.fault_server import choosing, serving
from discovery_pipeline_tests.domain.tables import raw_table

KIND = TableKind(0, "asset", "asset", None, 1.0)
WIDTH = 90
TABLE = raw_table([(f"Lovelace {n}", ["Ada Lovelace", "x"]) for n in range(WIDTH)])
PROPOSALS = propose([TABLE], [KIND])
KNOWN = Learned([KIND], PROPOSALS)


def mappings(doubtful: int) -> list[ColumnMapping]:
    """So many columns in doubt; of the others half are settled as a field and half as none."""
    unsure = [ColumnMapping(0, n, f"Lovelace {n}", "business_owner", 0.5, "review") for n in range(doubtful)]
    fields = [ColumnMapping(0, n, f"Lovelace {n}", "rack", 0.99, "accepted") for n in range(doubtful, WIDTH, 2)]
    none = [ColumnMapping(0, n, f"Lovelace {n}", None, 0.99, "unmapped") for n in range(doubtful + 1, WIDTH, 2)]
    return [*unsure, *fields, *none]


def asked(
    monkeypatch: pytest.MonkeyPatch, doubtful: int, choose: Callable[[str, tuple[str, ...]], str] = lambda _, c: c[0]
) -> tuple[ColumnOpinion, fault_server.Endpoint]:
    monkeypatch.setattr(module, "resolve", lambda *_: mappings(doubtful))
    with serving(choosing(choose)) as endpoint:
        desk = Desk((Endpoint(endpoint.url, "m"),), seconds=30)
        return second_opinion(desk, lambda: KNOWN, [TABLE], ResolveParams()), endpoint


@pytest.mark.parametrize(("doubtful", "calls"), [(0, 0), (1, 1), (20, 1), (21, 2), (45, 3)])
def test_one_call_for_twenty_columns_in_doubt_and_none_for_a_clean_file(
    monkeypatch: pytest.MonkeyPatch, doubtful: int, calls: int
) -> None:
    found, endpoint = asked(monkeypatch, doubtful)
    assert len(endpoint.requests) == calls
    assert (found.opinion.questions, found.opinion.doubts) == (calls, doubtful)
    assert len(found.headers) == doubtful


def test_a_closed_desk_is_asked_nothing() -> None:
    found = second_opinion(Desk(), lambda: KNOWN, [TABLE], ResolveParams())
    assert found.evidence.is_empty()
    assert set(found.facts.values()) == {0}


def test_what_people_decided_is_neither_asked_about_nor_a_control(monkeypatch: pytest.MonkeyPatch) -> None:
    """One in doubt until somebody decided it, and one that was settled wrongly."""
    people = tuple(ColumnMapping(0, n, f"Lovelace {n}", None, 0.95, "unmapped", method="pattern") for n in (0, 2))
    monkeypatch.setattr(module, "resolve", lambda *_: mappings(2))
    shown: list[str] = []
    monkeypatch.setattr(module, "ask_about", lambda _, __, doubts, controls, *___: _heard(shown, [*doubts, *controls]))
    desk = Desk((Endpoint("http://127.0.0.1:9/v1", "m"),))
    second_opinion(desk, lambda: replace(KNOWN, overrides=people), [TABLE], ResolveParams())
    assert "0/1" in shown
    assert not {"0/0", "0/2"} & set(shown)


def _heard(shown: list[str], put_up: Sequence[Doubt]) -> Opinion:
    shown += [doubt.key for doubt in put_up]
    return Opinion("mapping")


def test_names_found_in_the_tables_cells_stand_in_no_header(monkeypatch: pytest.MonkeyPatch) -> None:
    _, endpoint = asked(monkeypatch, 2)
    (request,) = endpoint.requests
    assert "person-1 0" in {header for _, header, _ in request.columns()}
    assert b"lovelace" not in request.body.lower()


INFOS = [TableInfo(0, "assets", "a.csv", "a", ("Owner", "Rack"), 1)]
GIVEN = Evidence(0, 0, "rack", "lexicon", 1.0, "header")
ANSWERED = pl.DataFrame({"key": ["0/0"], "chosen": ["business_owner"], "model": ["m"]})


def choose(known: Learned) -> Sequence[ColumnMapping]:
    """By the newest evidence."""
    return [ColumnMapping(0, 0, "Owner", known.proposals.evidence["field"].first(), 0.9, "accepted")]


@pytest.mark.parametrize(
    ("answers", "model"), [(ANSWERED, "m"), (pl.DataFrame({"question": ["x"]}), "")], ids=["now", "an earlier release"]
)
def test_what_models_changed_is_told_by_choosing_without_them(answers: pl.DataFrame, model: str) -> None:
    said = Evidence(0, 0, "business_owner", "model", 2.0, "m chose it")
    known = Learned([KIND], replace(PROPOSALS, evidence=evidence_frame([GIVEN, said])))
    told = changes_by_models(answers, known, choose, choose(known), INFOS)
    assert told is not None
    assert told.select("subject", "before", "after", "model", "why").rows() == [
        ("a.csv/a/0", "rack", "business_owner", model, "m chose it")
    ]


def test_without_evidence_of_models_nothing_is_chosen_twice() -> None:
    known = Learned([KIND], Proposals(PROPOSALS.profiles, evidence_frame([GIVEN])))
    assert changes_by_models(ANSWERED, known, lambda _: pytest.fail("chosen again"), [], INFOS) is None
