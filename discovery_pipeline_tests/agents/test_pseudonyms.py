"""Stand-ins hide, stay the same within a question, and come back as what they stood for."""

from __future__ import annotations

import random
import re
import unicodedata

import pytest

from discovery_pipeline.agents.known_names import SHORTEST, KnownNames, name_key
from discovery_pipeline.agents.pseudonyms import Pseudonyms

KNOWN = KnownNames(
    {
        "host": ["crm-db-01", "web-prod-02", "host-1", "Zürich-DC1"],
        "domain": ["bank.example"],
        "person": ["Ada Lovelace", "Lovelace", "jdoe"],
        "application": ["Claims Archive"],
    }
)


def hidden(text: str) -> str:
    return Pseudonyms(KNOWN).hide(text)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("crm-db-01 of J. Doe", "host-2 (db) of person-1", id="a host and a person"),
        pytest.param("crm-db-01.bank.example:1433", "host-2 (db).domain-1:1433", id="glued to domain and port"),
        pytest.param("svc_crm-db-01_backup", "svc_host-2 (db)_backup", id="inside of a longer word"),
        pytest.param("mycrmdb01x", "code-1", id="grown into another word"),
        pytest.param("the ledger feeds Claims-Archive nightly", "the word-1 feeds application-1 nightly", id="words"),
        pytest.param("web-prod-07", "host-2 (prod, web)", id="a name of words of ours, not known"),
        pytest.param("ledger-db", "name-1 (db)", id="a name without figures"),
        pytest.param("Windows Server 2019 SQL2016 10.0.17763", "Windows Server 2019 SQL2016 10.0.17763", id="products"),
        pytest.param("PRD T3 p uat 443, 65535", "PRD T3 p uat 443, 65535", id="codes and ports"),
        pytest.param("call 555 123 4567", "call number-1", id="a telephone in groups"),
        pytest.param("call 555.123.4567", "call number-1", id="with points"),
        pytest.param("4111 1111 1111 1111", "number-1", id="a card"),
        pytest.param("123 45 6789", "number-1", id="a person's number"),
        pytest.param("on 12.03.1985", "on number-1", id="a day"),
        pytest.param("192.168.1", "number-1", id="half an address"),
        pytest.param("RHEL 8 (64) 2 cores", "RHEL 8 (64) 2 cores", id="small numbers side by side"),
        pytest.param("SQL Server 2016 13.0.5026.0", "SQL Server 2016 13.0.5026.0", id="a version after a year"),
        pytest.param("web 服务器 王小明", "web 服务器 word-1", id="a script without blanks"),
        pytest.param("SNX7781A 4711815", "code-1 number-1", id="serial numbers"),
        pytest.param(r"\\filer9\hr$ C:\Users\jdoe", r"\\code-1\hr$ C:\Users\person-1", id="paths"),
        pytest.param("jdbc:oracle:thin:@crm-db-01:1521/CRM", "jdbc:oracle:thin:@host-2 (db):1521/CRM", id="JDBC"),
        pytest.param("担当:山田太郎", "担当:word-1", id="a word of ours and a name in Japanese"),
        pytest.param("Müller Ǆ Ørsted", "word-1 word-2 word-3", id="names that are not known"),
        pytest.param("AKIAIOSFODNN7EXAMPLE", "code-1", id="a key"),
        pytest.param("web, prod (02)", "web, prod (02)", id="no name across marks"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_what_is_shown(text: str, shown: str) -> None:
    assert hidden(text) == shown


@pytest.mark.parametrize(
    "spelling", ["CRM-DB-01", "crm_db_01", "Ｃｒｍ－ＤＢ－０１", "crm\u200b-db-01", "Crm Db 01", "crmdb01"]
)
def test_equal_things_have_equal_stand_ins(spelling: str) -> None:
    pseudonyms = Pseudonyms(KNOWN)
    assert pseudonyms.hide("crm-db-01") == pseudonyms.hide(spelling)


def test_numbers_go_by_first_appearance() -> None:
    pseudonyms = Pseudonyms(KNOWN)
    assert pseudonyms.hide("web-prod-02 crm-db-01 web-prod-02") == "host-2 (prod, web) host-3 (db) host-2 (prod, web)"


@pytest.mark.parametrize("text", ["host-1", "host-9 and word-1", "Host 1"])
def test_a_tenants_own_host_1_is_hidden_too(text: str) -> None:
    pseudonyms = Pseudonyms(KNOWN)
    shown = pseudonyms.hide(text)
    assert text.casefold() not in shown
    assert pseudonyms.restore(shown) == text


TEXT = "CRM-DB-01 of Ada Lovelace, ada@bank.example, 10.1.2.3: feeds xyzzy-7 via sftp"


def test_hiding_what_is_hidden_changes_nothing_and_restoring_brings_all_back() -> None:
    pseudonyms = Pseudonyms(KNOWN)
    shown = pseudonyms.hide(TEXT)
    assert pseudonyms.hide(shown) == shown
    assert pseudonyms.restore(shown) == TEXT
    assert (
        pseudonyms.restore("host-2 waits for person-1; person-99 does not")
        == "CRM-DB-01 waits for Ada Lovelace; person-99 does not"
    )
    assert pseudonyms.holds_only_given("host-2 waits for person-1")
    assert not pseudonyms.holds_only_given("person-99 waits")


def test_nothing_is_cut_inside_of_a_stand_in() -> None:
    pseudonyms = Pseudonyms(KNOWN)
    shown = pseudonyms.hide("crm-db-01 " * 200, longest=50)
    assert len(shown) <= 50
    assert pseudonyms.holds_only_given(shown)


def test_the_parts_of_names_show_their_likeness_and_no_name() -> None:
    pseudonyms = Pseudonyms(KNOWN)
    assert pseudonyms.parts("ledger-db-01") == "word-1 db number-1"
    assert pseudonyms.parts("Ledger Database") == "word-1 database"
    assert pseudonyms.parts("web-prod-02") == "web prod number-2"


def test_of_headers_only_known_names_and_addresses_are_hidden() -> None:
    pseudonyms = Pseudonyms(KNOWN)
    assert pseudonyms.names("Kostenträger of Ada Lovelace (10.1.2.3)") == "Kostenträger of person-1 (address-1)"


def test_what_looks_the_same_in_two_questions_is_not_linked() -> None:
    assert hidden("web-prod-02 crm-db-01") != Pseudonyms(KNOWN).hide("crm-db-01 web-prod-02")
    assert hidden("Ada Lovelace") == Pseudonyms(KNOWN).hide("Lovelace") == "person-1"


WORDS = [
    "the",
    "server",
    "feeds",
    "nightly",
    "batch",
    "of",
    "prod",
    "see",
    "ticket",
    "4711",
    "via",
    "sftp",
    "(",
    "),",
    "->",
    "/",
]
PIECES = ["crm", "db", "web", "prod", "01", "7", "zeus", "orakel", "app", "müßig", "Ω", "backup", "x"]
JOINTS = ["-", "_", ".", "", " "]


@pytest.mark.parametrize("seed", range(40))
def test_no_known_name_is_ever_shown(seed: int) -> None:
    """Names of words of ours and of others, glued in all ways, among plain text, in other capitals and forms."""
    draw = random.Random(seed)
    made = (draw.choice(JOINTS[:3]).join(draw.sample(PIECES, draw.randint(2, 4))) for _ in range(20))
    names = [name for name in made if len(name_key(name)) >= SHORTEST]
    known = KnownNames({"host": names})
    pseudonyms = Pseudonyms(known)
    for name in names:
        spelled = draw.choice([str.upper, str.title, str, lambda t: unicodedata.normalize("NFD", t)])(name)
        around = [draw.choice(JOINTS) + draw.choice(WORDS) for _ in range(6)]
        text = f"{draw.choice(WORDS)}: {spelled} {''.join(around)}"
        shown = pseudonyms.hide(text)
        assert name_key(name) not in name_key(re.sub(r" \([a-z, ]+\)", "", shown))
        assert pseudonyms.hide(shown) == shown
        assert name_key(pseudonyms.restore(shown)) == name_key(text)


NAMED_ELSEWHERE = KnownNames(
    {
        "person": ["王伟", "王小明", "राम कुमार", "김철수", "מֹשֶׁה"],
        "application": ["顧客管理システム本番"],
        "host": ["crm-db-01"],
    }
)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("Server राम कुमार", "Server person-1", id="marks that are vowels"),
        pytest.param("王小明的服务器 CPU", "person-1 的服务器 CPU", id="a name within a run of signs"),
        pytest.param("production 王伟", "production person-1", id="a name of two signs"),
        pytest.param("김철수의 서버", "person-1 의 서버", id="a name with an ending"),
        pytest.param("מֹשֶׁה", "person-1", id="points"),
        pytest.param("顧客管理システム本番 DB", "application-1 DB", id="of many signs"),
        pytest.param("crm\ufe0f-db-01 RAM", "host-1 (db) RAM", id="an invisible mark"),
    ],
)
def test_known_names_of_any_script_are_hidden_in_headers(text: str, shown: str) -> None:
    assert Pseudonyms(NAMED_ELSEWHERE).names(text) == shown
