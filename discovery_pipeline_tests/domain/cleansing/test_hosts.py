from __future__ import annotations

import pytest

from discovery_pipeline_tests.domain.cleansing.tables import Column, cleaned_one, codes, outcome, rules, values


@pytest.mark.parametrize(
    ("cell", "name"),
    [
        pytest.param("SRV01", "srv01", id="lower case"),
        pytest.param("CORP\\SRV01", "srv01", id="NetBIOS domain"),
        pytest.param("\\\\FILER", "filer", id="UNC"),
        pytest.param("srv01.", "srv01", id="trailing dot"),
        pytest.param("SRV01$", "srv01", id="machine account"),
        pytest.param("https://host1:8443/x", "host1", id="URL"),
        pytest.param("host1:443", "host1", id="port"),
        pytest.param("HOST (Prod)", "host", id="environment in brackets"),
        pytest.param("HOST [10.0.0.1]", "host", id="address in brackets"),
        pytest.param("vm (2)", "vm (2)", id="a copy's number stays"),
        pytest.param("App Server v2.0", "app server v2.0", id="display name"),
        pytest.param("SRV01.corp.example.com", "srv01", id="domain"),
        pytest.param("srv01.local", "srv01", id="private domain"),
        pytest.param("web.prod", "web.prod", id="a dot inside of a name"),
        pytest.param("192.168.40.11", "192.168.40.11", id="address as name"),
        pytest.param("localhost", None, id="localhost names nothing"),
    ],
)
def test_host_names(cell: str, name: str | None) -> None:
    assert cleaned_one("hostname", cell) == name


def test_the_domain_in_a_host_name_fills_the_empty_fields() -> None:
    result = outcome(Column("hostname", ["SRV01.corp.example.com", "srv02"]))
    assert values(result, "fqdn") == ["srv01.corp.example.com", None]
    assert values(result, "dns_domain") == ["corp.example.com", None]
    assert rules(result, "fqdn") == {"fqdn_from_hostname": 1}


def test_fields_of_their_own_are_kept() -> None:
    result = outcome(
        Column("hostname", ["srv01.corp.example.com"]),
        Column("fqdn", ["srv01.prod.example.com"]),
        Column("dns_domain", ["EXAMPLE.ORG"]),
    )
    assert values(result, "hostname") == ["srv01"]
    assert values(result, "fqdn") == ["srv01.prod.example.com"]
    assert values(result, "dns_domain") == ["example.org"]


def test_a_column_of_host_and_domain_splits_at_any_domain() -> None:
    split = outcome(Column("hostname", ["web.prod"], transform="split_host_domain"))
    assert (values(split, "hostname"), values(split, "fqdn")) == (["web"], ["web.prod"])


def test_a_short_name_in_the_fqdn_column_is_the_host_name() -> None:
    result = outcome(Column("fqdn", ["jump-tst-01", "srv.corp.example.com."]))
    assert values(result, "fqdn") == [None, "srv.corp.example.com"]
    assert values(result, "hostname") == ["jump-tst-01", "srv"]


def test_an_address_as_name_says_the_address_too() -> None:
    result = outcome(Column("hostname", ["192.168.40.11", "srv"]), Column("ip_address", ["", "10.0.0.1"]))
    assert values(result, "ip_address") == [["192.168.40.11"], ["10.0.0.1"]]


@pytest.mark.parametrize("field", ["hostname", "serial_number", "uuid"])
def test_a_name_of_a_megabyte_is_no_name(field: str) -> None:
    result = outcome(Column(field, ["Ab" * 500_000]))
    assert values(result, field) == [None]
    assert codes(result) == ["too_long"]


def test_hypervisors_keep_their_domain_for_matching() -> None:
    assert cleaned_one("hypervisor_host", "ESX01.corp.example.com") == "esx01.corp.example.com"


@pytest.mark.parametrize(
    ("cell", "mail"),
    [
        ("Jane Doe <Jane.Doe@Example.com>", "jane.doe@example.com"),
        ("mailto:a@example.com", "a@example.com"),
        ("a@example.com; b@example.com", "a@example.com"),
        ("nobody", None),
    ],
)
def test_mailboxes(cell: str, mail: str | None) -> None:
    assert cleaned_one("contact_email", cell) == mail


def test_findings_never_show_personal_data() -> None:
    result = outcome(Column("contact_email", ["Jane Doe at home"]))
    [row] = result.findings.rows(named=True)
    assert "1 cell" in row["detail"]
    assert "Jane" not in row["detail"]


@pytest.mark.parametrize(
    ("cell", "host", "rule"),
    [
        pytest.param("CN=SRV01,OU=Servers,DC=corp,DC=example", "srv01", "host_distinguished_name", id="directory"),
        pytest.param("CORP\\SRV01", "srv01", "host_windows_domain", id="NetBIOS domain"),
        pytest.param("srv01 - retired", "srv01", "host_suffix_noise", id="state behind a dash"),
        pytest.param("srv01.corp.example.com [10.0.0.5]", "srv01", "host_suffix_noise", id="address in brackets"),
        pytest.param("par-app-002031 (migrated)", "par-app-002031", "host_suffix_noise", id="a note in brackets"),
        pytest.param("par-app-002031 - web", "par-app-002031", "host_suffix_noise", id="a role behind a dash"),
        pytest.param("srv01 (alias web01)", "srv01", "host_note_dropped", id="alias"),
        pytest.param("srv01/10.0.0.5", "srv01", "host_address_dropped", id="address behind a slash"),
        pytest.param("srv01.", "srv01", "host_trailing_dot", id="trailing dot"),
        pytest.param("srv01, srv02", "srv01", "host_first_of_list", id="several names"),
    ],
)
def test_what_stands_around_a_host_name(cell: str, host: str, rule: str) -> None:
    result = outcome(Column("hostname", [cell]))
    assert values(result, "hostname") == [host]
    assert rule in rules(result, "hostname")


@pytest.mark.parametrize(
    "cell",
    [
        pytest.param("srv01\\sqlexpress", id="an instance on its server"),
        pytest.param("srv01\\inst2", id="a numbered instance"),
        pytest.param("nyc-web57\\shop", id="an instance of any name on a numbered server"),
        pytest.param("mssqlserver@srv01", id="an instance at its server"),
        pytest.param("payroll - test", id="one of the environments of an application"),
        pytest.param("srv01-old", id="a name of its own"),
    ],
)
def test_names_that_say_more_than_a_machine_stay_whole(cell: str) -> None:
    assert cleaned_one("hostname", cell) == cell


def test_several_names_in_one_cell_are_told() -> None:
    assert codes(outcome(Column("hostname", ["srv01;srv02"]))) == ["several_values"]


@pytest.mark.parametrize(
    ("cell", "domain"),
    [
        ("DC=corp,DC=example,DC=com", "corp.example.com"),
        ("corp.example.com/Servers/Prod", "corp.example.com"),
        ("@example.com", "example.com"),
        ("CORP", "corp"),
    ],
)
def test_domains(cell: str, domain: str) -> None:
    assert cleaned_one("dns_domain", cell) == domain


def test_an_at_that_was_written_out() -> None:
    assert cleaned_one("contact_email", "jane.doe (at) example.com") == "jane.doe@example.com"


@pytest.mark.parametrize(
    ("cell", "clean"),
    [
        pytest.param("CORP/srv0525x", "srv0525x", id="domain before a slash"),
        pytest.param("srv01/srv02", "srv01/srv02", id="two machines"),
    ],
)
def test_slashes_in_names(cell: str, clean: str) -> None:
    assert values(outcome(Column("hostname", [cell])), "hostname") == [clean]


def test_a_full_stop_ends_a_sentence_and_no_address() -> None:
    assert values(outcome(Column("contact_email", ["jo.doe@corp.example."])), "contact_email") == [
        "jo.doe@corp.example"
    ]
