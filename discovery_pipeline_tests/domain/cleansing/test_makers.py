from __future__ import annotations

import polars as pl
import pytest

from discovery_pipeline.domain.cleansing.vocabulary import word_key
from discovery_pipeline.domain.packaged import packaged_yaml
from discovery_pipeline_tests.domain.cleansing.tables import Column, cleaned_one, outcome, rules


@pytest.mark.parametrize(
    ("cell", "maker"),
    [
        ("DELL", "Dell Inc."),
        ("Dell Inc.", "Dell Inc."),
        ("Dell Computer Corporation", "Dell Inc."),
        ("Hewlett-Packard Company", "HP"),
        ("HP Inc.", "HP"),
        ("Hewlett Packard Enterprise", "HPE"),
        ("VMWARE, INC.", "VMware, Inc."),
        ("Cisco Systems, Inc.", "Cisco"),
        ("富士通", "Fujitsu"),
        ("Muster Maschinen GmbH", "Muster Maschinen GmbH"),
    ],
)
def test_makers(cell: str, maker: str) -> None:
    assert cleaned_one("manufacturer", cell) == maker


@pytest.mark.parametrize(
    ("cell", "model"),
    [
        ("Dell PowerEdge R740xd", "PowerEdge R740xd"),
        ("POWEREDGE R750", "PowerEdge R750"),
        ("PE R540", "PowerEdge R540"),
        ("dell r720xd", "PowerEdge R720xd"),
        ("HPE ProLiant DL380 Gen10", "ProLiant DL380 Gen10"),
        ("DL380 G10", "ProLiant DL380 Gen10"),
        ("ProLiant DL360 G7", "ProLiant DL360 G7"),
        ("DL325 Gen10+", "ProLiant DL325 Gen10 Plus"),
        ("BL460c Gen9", "ProLiant BL460c Gen9"),
        ("ProLiant DL385 Gen10 Plus v2", "ProLiant DL385 Gen10 Plus v2"),
        ("VMware7,1", "VMware Virtual Platform"),
        ("VMware, Inc. - VMware Virtual Platform", "VMware Virtual Platform"),
        ("HP EliteBook 840 G8 Notebook PC", "HP EliteBook 840 G8 Notebook PC"),
        ("Standard PC (i440FX + PIIX, 1996)", "Standard PC (i440FX + PIIX, 1996)"),
        ("R640", "R640"),
        ("C9300-48P", "C9300-48P"),
    ],
)
def test_models(cell: str, model: str) -> None:
    assert cleaned_one("model", cell) == model
    assert rules(outcome(Column("model", [model])), "model") == {}


def test_every_spelling_of_a_maker_is_written_as_it_is_compared_and_belongs_to_one() -> None:
    makers = packaged_yaml("discovery_pipeline.domain.cleansing", "makers.yaml")["makers"]
    spellings = pl.Series([spelling for spelt in makers.values() for spelling in spelt])
    assert spellings.is_unique().all()
    assert spellings.to_frame("s").filter(word_key(pl.col("s")) != pl.col("s")).is_empty()
