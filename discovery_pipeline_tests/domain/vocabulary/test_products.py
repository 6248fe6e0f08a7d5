"""Exporting tools are recognised by their headers, never by one of them."""

from __future__ import annotations

import pytest

from discovery_pipeline.domain.vocabulary.lexicon import NO_FIELD
from discovery_pipeline.domain.vocabulary.products import by_name, recognise

_VDISK = ["VM", "Powerstate", "SRM Placeholder", "Disk", "Disk Key", "Disk Mode", "Raw LUN ID", "Eagerly Scrub",
          "VI SDK Server", "VI SDK UUID"]  # fmt: skip


@pytest.mark.parametrize(
    ("headers", "product"),
    [
        (["sys_id", "sys_class_name", "name"], "servicenow"),
        (["Sys ID", "Most recent  discovery", "Name"], "servicenow"),
        (_VDISK, "rvtools"),
        (["id.orig_h", "id_orig_p", "id.resp_h", "id.resp_p", "conn_state"], "zeek"),
        (["Name", "IP", "OS"], None),
        (["sys_id"], None),
        ([], None),
    ],
)
def test_recognised_by_enough_markers(headers: list[str], product: str | None) -> None:
    found = recognise(headers)

    assert (found.name if found else None) == product


def test_small_misspellings_of_markers_are_forgiven() -> None:
    found = recognise(["VI SDK Servr", "SRM Placeholdr", "VM"])

    assert found is not None
    assert found.name == "rvtools"


def test_sheets_have_their_own_grain() -> None:
    found = recognise(_VDISK)

    assert found is not None
    assert (found.sheet, found.grain) == ("vdisk", "detail")


def test_conventions_tell_what_headers_do_not() -> None:
    rvtools = by_name("rvtools", _VDISK)

    assert rvtools is not None
    memory, server = rvtools.convention("Memory"), rvtools.convention("VI SDK Server ")
    assert memory is not None
    assert (memory.unit, memory.field) == ("MiB", None)
    assert server is not None
    assert server.field == NO_FIELD


def test_an_unknown_product_is_none() -> None:
    assert by_name("no-such-tool", ["Name"]) is None
    assert by_name(None, ["Name"]) is None
