"""Who serves which application: names, stated hosting, and what is concluded from names, traffic and owners."""

from __future__ import annotations

import polars as pl
import pytest

from discovery_pipeline.domain.dependencies.applications.infer import infer_memberships
from discovery_pipeline.domain.handoffs import MEMBERSHIPS
from discovery_pipeline_tests.domain.dependencies.applications.small_estates import CRM, TAX, edges, found, team
from discovery_pipeline_tests.domain.estate import application, inventory, server

TWO = [CRM, TAX, *team("Customer Relations", "kdx", 8, 7), *team("Tax Desk", "qtf", 8, 7)]


def test_what_a_row_names_is_a_member_whatever_else_is_seen() -> None:
    held = found(TWO)
    assert all(held[f"kdx{n}"] == {"crm"} and held[f"qtf{n}"] == {"tax"} for n in range(1, 8))


def test_a_part_of_the_name_that_tells_the_application_gives_the_unknown_one() -> None:
    held = found(TWO)
    assert (held["kdx8"], held["qtf8"]) == ({"crm"}, {"tax"})


def test_parts_that_stand_in_the_names_of_all_applications_tell_nothing() -> None:
    assert "other" not in found([*TWO, server("other", hostname="zrh-web9")])


def test_neighbours_give_the_application_of_a_server_without_a_telling_name() -> None:
    rows = [*TWO, server("x", hostname="node17")]
    ties = [("x", f"kdx{n}") for n in range(1, 6)] + [(f"kdx{n}", f"kdx{n + 1}") for n in range(1, 7)]
    assert found(rows, edges(*ties))["x"] == {"crm"}
    (row,) = infer_memberships(inventory(*rows), edges(*ties)).filter(asset_id="x").to_dicts()
    assert row["basis"] == "traffic"
    assert "5 servers of Customer Relations and no others" in row["reasons"][0]


def test_a_server_between_two_applications_is_left_alone() -> None:
    rows = [*TWO, server("x", hostname="node17")]
    ties = [("x", f"kdx{n}") for n in (1, 2)] + [("x", f"qtf{n}") for n in (1, 2)]
    assert "x" not in found(rows, edges(*ties))


def test_a_shared_service_is_given_to_no_application() -> None:
    rows = [*TWO, server("dns", hostname="zrh-kdx-dns1")]
    asked = [(f"kdx{n}", "dns", "infrastructure") for n in range(1, 8)]
    assert found(rows)["dns"] == {"crm"}
    assert "dns" not in found(rows, edges(*asked))


def test_a_server_that_a_few_agents_report_from_is_no_shared_service() -> None:
    rows = [*TWO, *[server(f"m{n}", hostname=f"mon{n}") for n in range(6)]]
    agents = [("kdx8", f"m{n}", "management") for n in range(6)]
    assert found(rows, edges(*agents))["kdx8"] == {"crm"}


def test_an_integration_bus_pulls_nobody_to_its_application() -> None:
    apps = [application(f"a{n}", f"Name{n} Thing{n}") for n in range(8)]
    known = [server(f"s{n}{m}", hostname=f"h{n}{m}", application_name=[f"Name{n} Thing{n}"])
             for n in range(8) for m in range(3)]  # fmt: skip
    inside = [(f"s{n}{m}", f"s{n}{m + 1}") for n in range(8) for m in range(2)]
    calls = [(f"s{n}0", "s00") for n in range(1, 8)]
    stranger = server("x", hostname="node17")
    assert "x" not in found([*apps, *known, stranger], edges(*inside, *calls, ("x", "s00")))


def test_conclusions_carry_on_from_what_is_sure() -> None:
    rows = [*TWO, server("x", hostname="node17"), server("y", hostname="node18")]
    inside = [(f"kdx{n}", f"kdx{n + 1}") for n in range(1, 7)]
    ties = edges(*inside, *[("x", f"kdx{n}") for n in range(1, 8)], ("y", "x"), ("y", "kdx1"), ("y", "kdx2"))
    assert found(rows, ties)["y"] == {"crm"}


def test_a_database_takes_the_application_of_its_server() -> None:
    rows = [*TWO, {"asset_id": "db", "classified_type": "database", "hostname": "INST7@node"}]
    held = infer_memberships(inventory(*rows), edges(("db", "kdx1", "hosting"))).filter(asset_id="db")
    assert held.select("application_id", "basis").rows() == [("crm", "hosting")]


def test_stated_hosting_makes_members_and_a_server_may_serve_two() -> None:
    rows = [CRM, TAX, server("s", application_name=["Tax Desk"])]
    held = infer_memberships(inventory(*rows), edges(("crm", "s", "hosting")))
    assert held.select("application_id", "basis").rows() == [("crm", "stated"), ("tax", "named")]


def test_a_misspelt_name_counts_for_the_application_that_is_meant() -> None:
    wrong = application("bad", "Tax Dsk", record_count=0)
    held = found([CRM, TAX, wrong, server("s", application_name=["Tax Dsk"])])
    assert held == {"s": {"tax"}}


@pytest.mark.parametrize("host", ["zrh-cust-app1", "zrh-cst-app1", "customerrelations1", "zrh-crel-db1"])
def test_a_name_that_shortens_one_applications_name_gives_it_where_nobody_is_known(host: str) -> None:
    assert found([CRM, TAX, server("s", hostname=host)]) == {"s": {"crm"}}


def test_a_short_form_that_known_servers_contradict_is_none() -> None:
    site = [server(f"t{n}", hostname=f"cust-q{n}", application_name=["Tax Desk"]) for n in range(6)]
    assert found([CRM, TAX, *site, server("s", hostname="cust-a9")])["s"] == {"tax"}


def test_a_description_names_the_application() -> None:
    assert found([CRM, TAX, server("s", hostname="n1", description="web server of Tax Desk")]) == {"s": {"tax"}}


def test_a_template_serves_nobody() -> None:
    assert "t" not in found([*TWO, server("t", hostname="zrh-kdx-tpl", is_template=True)])


def test_a_server_that_names_a_great_many_applications_is_known_for_none() -> None:
    names = [f"Name{n} Thing{n}" for n in range(12)]
    apps = [application(f"a{n}", name) for n, name in enumerate(names)]
    assert found([*apps, server("s", hostname="n1", application_name=names)]) == {}


def test_servers_of_an_application_that_nothing_names_are_proposed_together() -> None:
    strangers = team("", "zzp", 4, 0)
    ties = edges(("zzp1", "zzp2"), ("zzp2", "zzp3"), ("zzp3", "zzp4"))
    held = found([*TWO, *strangers], ties)
    (proposed,) = held["zzp1"]
    assert proposed.startswith("p_")
    assert all(held[f"zzp{n}"] == {proposed} for n in range(1, 5))
    one_more = team("", "zzp", 5, 0)
    more = edges(("zzp1", "zzp2"), ("zzp2", "zzp3"), ("zzp3", "zzp4"), ("zzp4", "zzp5"))
    assert found([*TWO, *one_more], more)["zzp5"] == {proposed}


def test_servers_that_only_look_alike_are_no_application() -> None:
    assert not any(name.startswith("p_") for names in found([*TWO, *team("", "zzp", 4, 0)]).values() for name in names)


def test_the_order_of_rows_changes_nothing() -> None:
    ties = edges(*[("x", f"kdx{n}") for n in range(1, 6)], ("qtf1", "qtf2"))
    estate = inventory(*TWO, server("x", hostname="node17"))
    first = infer_memberships(estate, ties)
    second = infer_memberships(estate.reverse(), ties.reverse())
    assert first.equals(second)


def test_confidence_of_a_name_falls_where_all_else_speaks_against_it() -> None:
    rows = [*TWO, server("odd", hostname="zrh-kdx-web9", application_name=["Tax Desk"])]
    frame = infer_memberships(inventory(*rows), edges(*[("odd", f"kdx{n}") for n in range(1, 8)]))
    told = dict(frame.filter(pl.col("application_id") == "tax").select("asset_id", "confidence").rows())
    assert 0.5 <= told["odd"] < told["qtf1"]


def test_an_empty_estate_has_no_memberships() -> None:
    frame = infer_memberships(inventory(CRM).clear(), edges())
    assert (dict(frame.schema), len(frame)) == (MEMBERSHIPS, 0)


def test_applications_without_servers_have_no_memberships() -> None:
    assert found([CRM, TAX]) == {}
