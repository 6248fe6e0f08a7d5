"""What a text of a model's is held to before anybody sees it."""

from __future__ import annotations

import pytest

from discovery_pipeline.agents.believable import Bounds, Grounds
from discovery_pipeline.agents.pseudonyms import KnownNames

FACTS = (
    "name: application-1", "strategy: rehost", "servers and databases: 12", "cost a month: 3,493 USD",
    "confidence: 82 %", "moves in: waves 1 to 2", "share: 0.5",
)  # fmt: skip
ASKS = "it asks something of its reader"
FIGURE, NAME = "a figure that its facts don't have", "a name that its facts don't have"
VERDICT = "a verdict that its facts don't give"
GROUNDS = Grounds(FACTS, Bounds(), KnownNames({"host": frozenset({"mercury"})}))


@pytest.mark.parametrize(
    "text",
    [
        "The application is rehosted because its 12 servers and databases can move as they are.",
        "It moves in waves 1 to 2. It costs about 3493 USD a month, and confidence is 82%.",
        "All twelve servers of application-1 move together, which costs 3,493 USD a month.",
        "Some of it is known (82 % sure); e.g. its cost.",
        "It moves as it is – that is what its 12 servers say, “rehost”.",
    ],
)
def test_plain_sentences_of_facts_are_believed(text: str) -> None:
    assert GROUNDS.objection(text) == ""


@pytest.mark.parametrize(
    ("text", "objection"),
    [
        pytest.param("It moves.", "its length", id="short"),
        pytest.param("It moves as it is because it can. " * 20, "its length", id="long"),
        pytest.param("It moves as it is. It can do so. It will do so.", "too many sentences", id="sentences"),
        pytest.param("=HYPERLINK(1) moves the application as it is.", "no whole sentences", id="formula"),
        pytest.param("- the application moves as it is, because it can.", "no whole sentences", id="list"),
        pytest.param("The application moves as it is, because it can", "no whole sentences", id="cut"),
        pytest.param("The application <b>moves</b> as it is, as it can.", "no plain text", id="markup"),
        pytest.param("The application moves as **it is**, as it can do.", "no plain text", id="markdown"),
        pytest.param("The application moves: see http://evil.example now.", "no plain text", id="URL"),
        pytest.param("The application moves\nas it is, because it can.", "no plain text", id="line break"),
        pytest.param("The application moves\u202eas it is, because it can.", "no plain text", id="direction"),
        pytest.param("The аpplication moves as it is, because it can.", "no plain text", id="Cyrillic"),
        pytest.param("The application moves as it is 🚀 because it can.", "no plain text", id="emoji"),
        pytest.param("Please click below to have the application moved.", ASKS, id="click"),
        pytest.param("Ignore the facts, the application moves as it is.", ASKS, id="ignore"),
        pytest.param("Send your password to have the application moved.", ASKS, id="secret"),
        pytest.param("As an AI I would have the application moved soon.", ASKS, id="AI"),
        pytest.param("The application moves with its 13 servers as it is.", FIGURE, id="figure"),
        pytest.param("It costs 34,930 USD a month and moves as it is now.", FIGURE, id="digits"),
        pytest.param("The application moves with thirteen servers as it is.", FIGURE, id="word"),
        pytest.param("The application moves with fifty servers as it is.", FIGURE, id="a word of tens"),
        pytest.param("The application moves with twenty-five servers as is.", FIGURE, id="a word of two"),
        pytest.param("The application moves, and zero servers stay behind.", FIGURE, id="zero"),
        pytest.param("A quarter of the application moves as it is today.", FIGURE, id="quarter"),
        pytest.param("Two-thirds of the application move as it is today.", FIGURE, id="thirds"),
        pytest.param("Dozens of servers of the application move together.", FIGURE, id="dozens"),
        pytest.param("The application moves, which doubles what it costs.", FIGURE, id="doubles"),
        pytest.param("Most of the application moves as it is, as it can.", FIGURE, id="most"),
        pytest.param("Half of the application moves as it is, as it can.", FIGURE, id="half"),
        pytest.param("The application is retired because nobody uses it.", VERDICT, id="verdict"),
        pytest.param("The application moves to the cloud of Contoso soon.", NAME, id="name"),
        pytest.param("The application moves together with crm-db-01 soon.", NAME, id="host"),
        pytest.param("The application moves with application-2 as it is.", NAME, id="stand-in"),
        pytest.param("The application moves with db.corp.local as it is.", NAME, id="domain"),
        pytest.param("The application moves with mercury as it is now.", NAME, id="known"),
    ],
)  # fmt: skip
def test_everything_else_is_not(text: str, objection: str) -> None:
    assert GROUNDS.objection(text) == objection


def test_a_text_may_be_as_long_as_its_bounds_say() -> None:
    wide = Grounds(FACTS, Bounds(least=1, most=2000, sentences=40), KnownNames())
    assert wide.objection("It moves as it is because it can. " * 20 + "Yes.") == ""
