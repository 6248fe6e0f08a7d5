"""What of a hidden text a reader can know."""

from __future__ import annotations

import pytest

from discovery_pipeline.agents.telling import has_signs, has_words


@pytest.mark.parametrize("text", ["linux", "word-3 linux 5", "host-1 (db)", "f5", "junos 21.4r3"])
def test_words_tell(text: str) -> None:
    assert has_words(text)


@pytest.mark.parametrize("text", ["", "word-3", "word-3, person-12", "5.2", "J. person-1"])
def test_stand_ins_and_numbers_do_not(text: str) -> None:
    assert not has_words(text)


@pytest.mark.parametrize(("text", "tells"), [("p", True), ("3", True), ("xxxxtest", True), ("~production", True)])
def test_codes_and_parts_of_words_tell(text: str, tells: bool) -> None:
    assert has_signs(text) is tells


@pytest.mark.parametrize("text", ["", "xxxxxxxxxx", "Xxx-99", "host-1", "person-2 xxx"])
def test_shapes_do_not(text: str) -> None:
    assert not has_signs(text)
