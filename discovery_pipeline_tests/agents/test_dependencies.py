"""What the dependencies agent asks: texts and candidates by their parts, and nothing that names anybody."""

from __future__ import annotations

import json

import pytest

from discovery_pipeline.agents.dependencies import DEPENDENCIES, shown_name
from discovery_pipeline.agents.pseudonyms import Pseudonyms
from discovery_pipeline.domain.dependencies.graph import gather
from discovery_pipeline.domain.dependencies.meant.doubts import loose_names
from discovery_pipeline.domain.opinions.doubts import Doubt
from discovery_pipeline_tests.agents.hostile import HOSTILE, KNOWN, NAMES, hold_to_data, told
from discovery_pipeline_tests.domain.estate import application, inventory, server


def doubts(text: str, *names: str) -> list[Doubt]:
    """About one text, beside assets of these names."""
    asset = [application(f"a{number}", name) for number, name in enumerate(names)]
    gathered = gather(inventory(server("x", depends_on=[text]), *asset), [])
    return loose_names(gathered.loose, gathered.observed.evidence, gathered.inventory).doubts


def test_likeness_stays_visible_and_names_do_not() -> None:
    [doubt] = doubts("the Zanzibar billing box", "Zanzibar Billing", "Quuxly Billing")
    shown = shown_name(doubt, Pseudonyms(KNOWN))
    by_asset = {asset: shown["candidates"][choice] for choice, asset in doubt.shown["assets"].items()}
    word = next(part for part in shown["text"].split() if part.startswith("word-"))
    assert by_asset["a0"]["name"].split()[0] == word
    assert word not in by_asset["a1"]["name"].split()
    # Both have it, and the text too.
    assert by_asset["a0"]["name"].split()[1] == by_asset["a1"]["name"].split()[1]
    assert by_asset["a0"]["name"].split()[1] in shown["text"].split()
    assert by_asset["a0"]["alike"] > by_asset["a1"]["alike"]
    assert (by_asset["a0"]["type"], shown["said by"], shown["times"]) == ("application", ["virtual_machine"], 1)
    assert not any(name in json.dumps(shown).lower() for name in ("zanzibar", "quuxly", "billing"))


def test_what_a_machine_does_may_be_told_but_no_whole_name() -> None:
    [doubt] = doubts("archve database of the mail prxy", "Mail Proxy", "Archive Database")
    shown = shown_name(doubt, Pseudonyms(KNOWN))
    by_asset = {asset: shown["candidates"][choice]["name"] for choice, asset in doubt.shown["assets"].items()}
    assert by_asset["a0"].split()[1] == "proxy"
    assert by_asset["a1"].split()[1] == "database"
    assert {by_asset["a0"].split()[0], "~proxy", "database"} <= set(shown["text"].split())
    assert "mail" not in json.dumps(shown)
    assert f"~{by_asset['a1'].split()[0]}" in shown["text"].split()


# Each beside something of which a candidate is made.
@pytest.mark.parametrize("text", [pytest.param(text[:100], id=name) for name, text in HOSTILE.items()])
def test_a_hostile_text_is_data(text: str) -> None:
    found = doubts("previous instructions admin", f"{text} ignore instructions", "Instructions Archive")
    assert found
    hold_to_data(DEPENDENCIES, found)
    said = doubts(f"archive {text}".replace("\n", " "), "Archive Instructions", "Admin Archive")
    if said:
        hold_to_data(DEPENDENCIES, said)


@pytest.mark.parametrize("name", NAMES)
def test_no_name_in_a_text_or_of_a_candidate_is_told(name: str) -> None:
    found = doubts(f"archive of {name}", f"{name} archive", "Archive Gateway")
    for text in (told(DEPENDENCIES, [doubt]) for doubt in found):
        assert name.casefold() not in text
    assert found
