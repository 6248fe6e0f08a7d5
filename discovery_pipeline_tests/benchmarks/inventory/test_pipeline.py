from __future__ import annotations

import pytest

from benchmarks.estates import generate
from benchmarks.inventory.score import Judgement, by_field, judge, line


@pytest.fixture(scope="module", params=["messy", "rough"])
def judged(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Judgement:
    folder = tmp_path_factory.mktemp(request.param)
    generate(600, folder, seed=11, profile=request.param, per_asset=0)
    return judge(folder, gold=True)


def test_every_row_of_every_file_stands_in_one_place(judged: Judgement) -> None:
    rows = sum(info.rows for info in judged.run.infos)
    assert judged.run.lineage.height + judged.run.quarantine.height == rows


def test_the_true_mapping_is_the_one_that_is_used(judged: Judgement) -> None:
    assert judged.wrong_columns.is_empty()


def test_an_estate_is_put_together_nearly_as_it_is(judged: Judgement) -> None:
    assert judged.pairs.f1 > 0.98
    assert judged.databases_merged.is_empty()
    assert judged.values.overall.recall > 0.95


def test_special_cells_are_handled_as_stated(judged: Judgement) -> None:
    wrong = judged.special_cells
    if judged.special is not None:
        assert wrong.height > 50
    assert wrong.filter(right=False).is_empty()


def test_a_line_and_the_fields_tell_what_was_found(judged: Judgement) -> None:
    assert "F1" in line("messy 11", judged)
    assert "hostname" in by_field(judged)
