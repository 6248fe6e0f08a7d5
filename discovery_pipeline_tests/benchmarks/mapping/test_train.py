"""Training on six layouts: repeatable, of the artefacts' form, and blind for the family that is judged."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from benchmarks.mapping.columns import read
from benchmarks.mapping.datasheet import datasheet
from benchmarks.mapping.layouts import CORPUS, UNTUNED, Layout, load
from benchmarks.mapping.train import Trained, train
from discovery_pipeline.domain.mapping.trained.column_model import read_column_model
from discovery_pipeline.domain.mapping.trained.combiner import read_combiner
from discovery_pipeline.domain.schema import fields

# Six layouts have few columns a field; a regression is not meant.
pytestmark = pytest.mark.filterwarnings("ignore:The number of unique classes is greater than 50%:UserWarning")

_IDS = ("netbox_devices", "netbox_virtual_machines", "rvtools_vcpu", "rvtools_vhost", "aws_vpc_flow_logs",
        "snipeit_custom_asset_report")  # fmt: skip


def _layouts() -> list[Layout]:
    """Each its own family and untuned, so that all teach; the first columns, so that it takes a second."""
    return [replace(x, family=x.id, part=UNTUNED, columns=x.columns[:8]) for x in load([CORPUS]) if x.id in _IDS]


@cache
def _trained() -> Trained:
    return train(_layouts(), "six layouts")


def test_the_same_layouts_give_the_same_artefacts() -> None:
    again = train(_layouts(), "six layouts")

    assert again.columns == _trained().columns
    assert again.combiner == _trained().combiner
    assert again.unseen == _trained().unseen


def test_the_artefacts_are_readable_and_name_fields_of_their_record_kind() -> None:
    model = read_column_model(_trained().columns)
    combiner = read_combiner(json.dumps(_trained().combiner))

    assert set(model.fields) == {"asset", "connection"}
    assert all(set(names) <= {"", *fields(record)} for record, names in model.fields.items())
    assert all(0 <= right <= 1 for _, right in combiner.precision)
    assert combiner.temperature > 0


def test_every_column_is_answered_once() -> None:
    places = [(a.layout.id, a.position) for a in _trained().unseen.answers]

    assert places == [(x.id, i) for x in _layouts() for i in range(len(x.columns))]


def test_a_fold_holds_whole_families() -> None:
    material = read(_layouts())
    folds = list(material.folds())
    families = np.array([column.layout.family for column in material.columns])

    assert np.sum(folds, axis=0).tolist() == [1] * len(families)
    assert all(not set(families[tested]) & set(families[~tested]) for tested in folds)


def test_the_data_sheet_tells_what_was_trained_on() -> None:
    found = datasheet(_trained().material, _trained().unseen, _trained().combiner)
    columns = sum(len(layout.columns) for layout in _layouts())

    assert f"| ours, untuned | 6 | 6 | {columns} |" in found
    assert "{" not in found
