"""What headers say, in many spellings and languages."""

from __future__ import annotations

import pytest

from discovery_pipeline.domain.vocabulary.dictionary import LANGUAGES
from discovery_pipeline.domain.vocabulary.headers import read_header, read_headers
from discovery_pipeline.domain.vocabulary.source import load
from discovery_pipeline.domain.vocabulary.text import fold, split_words


@pytest.mark.parametrize(
    ("header", "concepts"),
    [
        ("IP Address", ("ip", "address")),
        ("ip_address", ("ip", "address")),
        ("IPAddress", ("ip", "address")),
        ("IPv4Address", ("ipv4", "address")),
        ("ＩＰ　Address", ("ip", "address")),
        ("OSname", ("os", "name")),
        ("NumVCpus", ("number", "vcpu")),
        ("vCPUs", ("vcpu",)),
        ("CPU(s)", ("cpu",)),
        ("# CPU", ("count", "cpu")),
        ("#", ("rownumber",)),
        ("S/N", ("serial",)),
        ("O/S", ("os",)),
        ("hostname", ("host", "name")),
        ("VMHost", ("hypervisor",)),
        ("Servername", ("server", "name")),
        ("Arbeitsspeichergröße", ("memory", "size")),
        ("Arbeitsspeichergroesse", ("memory", "size")),
        ("Numéro de série", ("serial",)),
        ("Système d'exploitation", ("os",)),
        ("Dirección IP", ("address", "ip")),
        ("Sistema operativo", ("os",)),
        ("サーバ名", ("server", "name")),
        ("メモリ容量", ("memory", "size")),
        ("内存大小", ("memory", "size")),
        ("Serial Numebr", ("serial", "number")),
        ("Virtual (Y/N)", ("virtual", "flag")),
        ("", ()),
        ("🙂🙂", ()),
    ],
)
def test_words_of_a_header_are_concepts(header: str, concepts: tuple[str, ...]) -> None:
    assert read_header(header).concepts == concepts


@pytest.mark.parametrize(
    ("header", "unit"),
    [
        ("Memory (MB)", "MB"),
        ("Size MiB", "MiB"),
        ("MemoryGB", "GB"),
        ("*Memory (In MB)", "MB"),
        ("Mémoire (Go)", "GB"),
        ("Taktfrequenz (GHz)", "GHz"),
        ("CPU usage %", "percent"),
        ("Disk read throughput (MB per second)", "MB/s"),
        ("Network Mbps", "Mbit/s"),
        ("Total Bytes", "bytes"),
        ("Memory", None),
        ("Talks to", None),
    ],
)
def test_a_header_names_its_unit(header: str, unit: str | None) -> None:
    assert read_header(header).unit == unit


@pytest.mark.parametrize(
    ("header", "concepts"),
    [
        pytest.param("1. Who owns it?", ("owner",), id="a numbered question"),
        pytest.param("What is the environment?", ("environment",), id="a question"),
        pytest.param("Where is it hosted?", ("location", "hosting"), id="where"),
        pytest.param("a) Hostname", ("host", "name"), id="a lettered heading"),
        pytest.param("Server's owner", ("server", "owner"), id="a genitive"),
        pytest.param("Server(s)", ("server",), id="a plural in brackets"),
        pytest.param("Ser.Nr.", ("serial",), id="abbreviations without a blank"),
        pytest.param("Inv.-Nr.", ("inventory", "number"), id="abbreviations joined"),
        pytest.param("Maint. end", ("maintenance", "end"), id="a beginning before a dot"),
        pytest.param("Gewährl. bis", ("warranty", "end"), id="a German beginning"),
        pytest.param("Op. System", ("os",), id="a phrase cut off"),
        pytest.param("Virtual (Y/N)", ("virtual", "flag"), id="a choice in brackets"),
        pytest.param("Prod/Non-Prod", ("environment", "production"), id="a choice of environments"),
        pytest.param("Disk #2", ("disk", "2"), id="one of several"),
        pytest.param("№", ("number",), id="a sign"),
        pytest.param("Cost (k€)", ("cost", "money"), id="thousands of euros"),
        pytest.param("Price USD", ("cost", "money"), id="a currency"),
        pytest.param("Power (W)", ("power", "measure"), id="watts are no field"),
        pytest.param("Height [mm]", ("height", "measure"), id="millimetres are no field"),
        pytest.param("NumvCPUs", ("number", "vcpu"), id="virtual inside a word"),
        pytest.param("dNSHostName", ("fqdn",), id="a directory attribute"),
        pytest.param("MemberOf", ("collection",), id="capitals inside a word of the dictionary"),
        pytest.param("macOS version", ("mac", "os", "version"), id="capitals of a name"),
        pytest.param("設置DC", ("datacenter",), id="letters among ideographs"),
        pytest.param("ディスク1容量", ("disk", "1", "size"), id="digits among ideographs"),
    ],
)
def test_the_structure_of_a_header_is_read(header: str, concepts: tuple[str, ...]) -> None:
    read = read_header(header, "de" if "Gew" in header else "en")

    assert read.concepts == concepts
    assert read.unit is None


@pytest.mark.parametrize(
    ("header", "concept", "unit"),
    [
        ("MemGB", "memory", "GB"),
        ("RAMGB", "memory", "GB"),
        ("hddgb", "disk", "GB"),
        ("RAMMiB", "memory", "MiB"),
        ("CPUMHz", "cpu", "MHz"),
        ("cpu_ghz", "cpu", "GHz"),
    ],
)
def test_a_unit_written_to_the_end_of_a_word_is_its_unit(header: str, concept: str, unit: str) -> None:
    read = read_header(header)

    assert (read.concepts, read.unit) == ((concept,), unit)


@pytest.mark.parametrize("header", ["Climb", "thumb", "DB", "SMB"])
def test_words_that_end_like_a_unit_have_none(header: str) -> None:
    assert read_header(header).unit is None


def test_a_word_of_two_senses_is_read_in_the_language_of_its_table() -> None:
    spanish = read_headers(["Nombre del servidor", "Dirección IP", "Sistema operativo", "Ubicación"])
    french = read_headers(["Nombre de coeurs", "Adresse IP", "Système d'exploitation", "Emplacement"])

    assert spanish[0].concepts == ("name", "server")
    assert french[0].concepts == ("count", "core")


def test_unknown_words_stay_as_they_are() -> None:
    word = read_header("Zorgplicht").words[0]

    assert (word.concept, word.known) == ("zorgplicht", False)


def test_misspelled_words_are_weaker_than_right_ones() -> None:
    right, wrong = read_header("Manufacturer").words[0], read_header("Manufcaturer").words[0]

    assert wrong.concept == right.concept == "manufacturer"
    assert wrong.quality < right.quality


@pytest.mark.parametrize("text", ["x" * 100_000, "Größe " * 5_000, "サーバ" * 5_000, "\u202e\u200f" * 1_000])
def test_endless_headers_are_read_in_bounds(text: str) -> None:
    assert len(read_header(text).words) <= 200


def test_folding_keeps_the_voicing_of_kana() -> None:
    assert fold("Ｇröße ﬁ") == "grosse fi"
    assert fold("データ") == "データ"


def test_camel_case_can_be_left_whole() -> None:
    assert split_words("SysV") == ["sys", "v"]
    assert split_words("SysV", camel=False) == ["sysv"]


def test_words_in_plain_letters_are_split_as_all_others() -> None:
    spellings = [s for lang in LANGUAGES for group in load(f"words/{lang}").values() for s in group][::10]
    questions = ["who owns it", "what is the owner", "e mail", "email", "emails", "is it critical", "does it run"]

    # An invisible character means nothing, but is no plain letter.
    different = [s for s in (*spellings, *questions) if split_words(s) != split_words(f"{s}\u200b")]

    assert different == []
