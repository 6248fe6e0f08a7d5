"""A support table read from text: what is wrong with it is told by its line."""

from __future__ import annotations

from datetime import date

import pytest

from discovery_pipeline.domain.analysis.lifecycle.table import lifecycle, packaged_table_text, read_table
from discovery_pipeline.domain.errors import UsageError

PLATFORMS = (
    "windows: x86, linux: x86, other: x86, hypervisor: hypervisor, network: appliance, storage: appliance, "
    "macos: appliance, unix: unix, mainframe: mainframe"
)
SMALL = f"""\
version: 1
as_of: 2027-01-31
source: somebody
platforms: {{{PLATFORMS}}}
systems:
  ubuntu:
    '22.04': {{end: 2027-04-01, extended: 2032-04-01}}
databases:
  - {{id: mysql, name: MySQL, match: mysql, version: ['(\\d)'], releases: {{'8': {{end: 2030-01-01}}}}}}
middleware: []
"""


def test_a_table_says_its_day_its_source_and_how_much_it_holds() -> None:
    table = read_table(SMALL)
    assert (table.as_of, table.source, table.entries) == (date(2027, 1, 31), "somebody", 2)
    assert table.systems["ubuntu"]["22.04"].label == "Ubuntu 22.04"
    assert read_table(SMALL).sha256 == table.sha256 != lifecycle().sha256


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("2027-04-01", "soon", "line 7: systems.ubuntu.22.04.end: 'soon' is no date"),
        ("extended: 2032-04-01", "extended: 2020-04-01", "line 7: systems.ubuntu.22.04.extended: 2020-04-01 does not"),
        ("end: 2027-04-01", "ends: 2027-04-01", "line 7: systems.ubuntu.22.04: 'ends' is neither end nor extended"),
        ("ubuntu:", "umbutu:", "line 6: systems.umbutu: is no operating system that is told apart"),
        ("match: mysql", "match: '('", "line 9: databases.1: '(' is no pattern"),
        ("name: MySQL,", "", "line 9: databases.1: there is no name"),
        ("middleware: []", "", "there is no middleware"),
        ("middleware: []", "middleware: []\nextra: 1", "line 11: extra: is not known"),
        ("as_of: 2027-01-31", "as_of: today", "line 2: as_of: 'today' is no date"),
        ("as_of: 2027-01-31", "as_of: 2027-02-31", "a value can't be read"),
        ("windows: x86, ", "", "line 4: platforms: says nothing of the family windows"),
        ("source: somebody", "source: somebody\nsource: else", "line 4: source: stands twice"),
        ("version: 1", "version: [1", "this is no YAML"),
        (SMALL, "- 1", "the file holds no names with values"),
    ],
    ids=lambda text: text.splitlines()[0][:30] if text else "nothing",
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_line(before: str, after: str, told: str) -> None:
    with pytest.raises(UsageError) as raised:
        read_table(SMALL.replace(before, after))
    assert told in str(raised.value)


def test_every_problem_is_told_at_once() -> None:
    with pytest.raises(UsageError) as raised:
        read_table(SMALL.replace("2027-04-01", "soon").replace("2030-01-01", "later"))
    assert raised.value.message.count("line ") == 2


def test_the_packaged_table_is_broad() -> None:
    table = read_table(packaged_table_text())
    ids = {product.id for product in (*table.databases, *table.middleware)}
    assert {"iis", "tomcat", "weblogic", "websphere", "jboss_eap", "java", "dotnet", "exchange", "sharepoint"} <= ids
    assert {"sql_server", "oracle_database", "db2", "postgresql", "mysql", "mongodb", "redis", "elasticsearch"} <= ids
    assert {"kubernetes", "citrix_vad", "openshift", "rabbitmq", "php", "nodejs", "python"} <= ids
    assert table.entries >= 400
