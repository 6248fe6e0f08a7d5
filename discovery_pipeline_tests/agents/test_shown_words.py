"""Which words may stand in clear before a model, and what takes the place of the others."""

from __future__ import annotations

import pytest

from discovery_pipeline.agents.pseudonyms import KnownNames, Pseudonyms
from discovery_pipeline.agents.shown_words import shown_words


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("Pre-Production (hypercare)", "pre-production (hypercare)", id="words of ours"),
        pytest.param("prodution", "~production", id="nearly a word"),
        pytest.param("Kilburnprod", "Xxxxxxxprod", id="a word of choices at the end of another"),
        pytest.param("testvorabsystem", "testxxxxxsystem", id="at both ends"),
        pytest.param("Z1", "Z1", id="a code"),
        pytest.param("zone Z1", "zone Z1", id="a code beside a word"),
        pytest.param("Jo Doe", "Xx Xxx", id="initials"),
        pytest.param("Müller", "Xxxxxx", id="a name"),
        pytest.param("Ana", "Xxx", id="a short name"),
        pytest.param("PRX", "PRX", id="a code of three letters"),
        pytest.param("李娜", "xx", id="a name of two signs"),
        pytest.param("राम कुमार", "xxx xxxxx", id="letters with marks"),
        pytest.param("生产 王小明", "生产 xxx", id="a word of ours beside a name"),
        pytest.param("crmx4711", "xxxx9999", id="a longer code"),
        pytest.param("mail j.doe@acme.com now", "mail email-1 now", id="a mail address"),
        pytest.param("10.1.2.3", "address-1", id="an IP address"),
        pytest.param("test web01.acme.com", "test xxx99.xxxx.xxx", id="a host's full name"),
        pytest.param(r"ACME\prod", r"XXXX\xxxx", id="a domain's account"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_what_is_shown(text: str, shown: str) -> None:
    assert shown_words(text, Pseudonyms()) == shown


def test_a_name_of_the_tenants_is_hidden_whatever_it_looks_like() -> None:
    known = KnownNames({"application": frozenset({"ledgerly", "hrmx", "test kessel"})})
    assert shown_words("production of Ledgerly", Pseudonyms(known)) == "production of application-1"
    assert shown_words("HRMX", Pseudonyms(known)) == "application-1"
    assert shown_words("Test Kessel 2", Pseudonyms(known)).startswith("application-1")
