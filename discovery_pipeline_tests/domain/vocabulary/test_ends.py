"""Which end of a flow or a relation headers speak of: words prove each other in pairs."""

from __future__ import annotations

import pytest

from discovery_pipeline.domain.schema import RecordKind
from discovery_pipeline.domain.vocabulary.end_words import end_of
from discovery_pipeline.domain.vocabulary.ends import read_ends
from discovery_pipeline.domain.vocabulary.headers import read_header, read_headers

# "s" and "d": source and destination; "-": neither.
_SIGNS = {"source": "s", "destination": "d", "": "-"}


def _ends(record: RecordKind, headers: list[str]) -> str:
    return "".join(_SIGNS[side] for side in read_ends(read_headers(headers), record).sides)


@pytest.mark.parametrize(
    ("headers", "ends"),
    [
        pytest.param(["Source IP", "Destination IP", "Bytes"], "sd-", id="plain words"),
        pytest.param(["src_ip", "dst_ip", "src_port", "dst_port"], "sdsd", id="abbreviations"),
        pytest.param(["sPort", "dPort", "Proto"], "sd-", id="letters before a word"),
        pytest.param(["id.orig_h", "id.resp_h"], "sd", id="a path before the word"),
        pytest.param(["payload.connection.src_ip", "payload.connection.dest_ip"], "sd", id="steps of a path"),
        pytest.param(["Subject IP", "Peer IP", "Peer Port"], "sdd", id="a proven word speaks alone too"),
        pytest.param(["Client host", "Server IP", "Port"], "sd-", id="two names of a machine"),
        pytest.param(["Local address", "Foreign address", "State"], "sd-", id="local and remote"),
        pytest.param(["Sender Host", "Receiver Host", "Sender Port"], "sds", id="sender and receiver"),
        pytest.param(["From", "To"], "sd", id="small words"),
        pytest.param(["IP", "Port", "IP.1", "Port.1", "Source name", "Destination name"], "ssddsd", id="twins"),
        pytest.param(["Quelle IP", "Ziel IP"], "sd", id="German"),
        pytest.param(["Origen", "Destino"], "sd", id="Spanish"),
        pytest.param(["送信元IP", "宛先IP"], "sd", id="Japanese"),
        pytest.param(["Host", "Owner", "Port"], "---", id="no word for an end"),
        pytest.param(["Server IP", "Server port"], "--", id="one side only"),
        pytest.param(["Parent", "Child"], "--", id="words of relations"),
    ],
)
def test_ends_of_flows(headers: list[str], ends: str) -> None:
    assert _ends("connection", headers) == ends


@pytest.mark.parametrize(
    ("headers", "ends"),
    [
        pytest.param(["Parent", "Child", "Type"], "sd-", id="a tree"),
        pytest.param(["CI 1", "CI 2", "Relation"], "sd-", id="numbers"),
        pytest.param(["A-Ende", "B-Ende"], "sd", id="letters"),
        pytest.param(["Upstream application", "Downstream application"], "sd", id="a stream"),
        pytest.param(["Application->Name", "CI->Name", "Impact"], "sd-", id="paths of a link"),
        pytest.param(["Name", "Host", "Owner"], "---", id="no word for an end"),
    ],
)
def test_ends_of_relations(headers: list[str], ends: str) -> None:
    assert _ends("relationship", headers) == ends


def test_the_word_for_an_end_is_read_as_source_or_destination() -> None:
    found = read_ends(read_headers(["Subject IP", "Peer IP"]), "connection")

    assert [header.concepts for header in found.headers] == [("source", "ip"), ("destination", "ip")]
    assert found.pairs == ((0, 1),)


def test_pairs_of_words_are_plainer_than_those_of_letters() -> None:
    words = read_ends(read_headers(["Source IP", "Destination IP"]), "connection")
    letters = read_ends(read_headers(["CI 1", "CI 2"]), "relationship")

    assert (words.plain, letters.plain) == (frozenset({(0, 1)}), frozenset())
    assert letters.pairs == ((0, 1),)


def test_headers_without_ends_stay_as_they_are() -> None:
    headers = read_headers(["Name", "Owner", "Source"])

    assert read_ends(headers, "connection").headers[:2] == tuple(headers[:2])


@pytest.mark.parametrize(
    ("header", "end"),
    [
        ("Source IP", "source"),
        ("Local address", "source"),
        ("To", "destination"),
        ("Source to destination", ""),
        ("Name", ""),
    ],
)
def test_the_end_that_one_header_says(header: str, end: str) -> None:
    assert end_of(read_header(header)) == end
