"""asset_id stays with the thing through re-import, renaming, splitting and disappearance."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from discovery_pipeline.domain.handoffs import REGISTRY
from discovery_pipeline.domain.inventory.identities.identity import TEXTS, assign_ids
from discovery_pipeline.domain.inventory.params import InventoryParams
from discovery_pipeline.domain.inventory.reconcile import InventoryOutcome
from discovery_pipeline_tests.domain.inventory.builders import assets_of, changes, rerun, run
from discovery_pipeline_tests.domain.inventory.estate import clean_table

UUID = "4c4c4544-0051-3010-8052-b4c04f4e3532"
FULL = {
    "hostname": "web01", "fqdn": "web01.example.com", "uuid": UUID, "serial_number": "CZ123456",
    "source_id": "vm-17", "ip_address": ["10.0.0.1"], "mac_address": ["00:1b:21:00:00:01"],
}  # fmt: skip


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"hostname": "web99", "fqdn": "web99.example.com"}, id="renamed"),
        pytest.param({"ip_address": ["10.7.7.7"]}, id="re-addressed"),
        pytest.param({"serial_number": "NEW98765"}, id="new serial"),
        pytest.param({"uuid": None, "serial_number": None, "source_id": None}, id="only names are left"),
        pytest.param({"mac_address": ["00:1b:21:00:00:99"], "source_id": "vm-99"}, id="moved to another vCenter"),
    ],
)
def test_a_changed_machine_keeps_its_id(change: dict[str, Any]) -> None:
    first = run(clean_table(0, [FULL]))
    second = rerun(first, clean_table(0, [{**FULL, **change}]))
    assert assets_of(second)[(0, 0)] == assets_of(first)[(0, 0)]


def test_a_successor_under_an_old_name_gets_an_id_of_its_own() -> None:
    first = run(clean_table(0, [{"hostname": "web01", "uuid": UUID}]))
    new = {"hostname": "web01", "uuid": "564d1f2e-7a3b-9c8d-1e2f-3a4b5c6d7e8f"}
    assert assets_of(rerun(first, clean_table(0, [new])))[(0, 0)] != assets_of(first)[(0, 0)]


def test_when_one_id_fits_two_assets_the_stronger_match_keeps_it() -> None:
    first = run(clean_table(0, [FULL]))
    rows = [{"hostname": "web01", "fqdn": "web01.example.com"}, {"hostname": "new01", "uuid": UUID}]
    found = assets_of(rerun(first, clean_table(0, rows)))
    assert found[(0, 1)] == assets_of(first)[(0, 0)] != found[(0, 0)]


def test_when_two_ids_fit_one_asset_the_choice_is_stable() -> None:
    apart = run(clean_table(0, [{"hostname": "a1"}, {"uuid": UUID, "hostname": "b1"}]))
    together = clean_table(0, [{"hostname": "a1", "uuid": UUID}])
    merged = rerun(apart, together)
    assert assets_of(merged)[(0, 0)] == assets_of(apart)[(0, 1)]
    assert merged.inventory.filter("vanished")["asset_id"].to_list() == [assets_of(apart)[(0, 0)]]


def test_namesakes_without_other_identifiers_keep_apart_by_ordinal() -> None:
    rows = [{"hostname": "db01", "ip_address": [f"10.0.0.{n}"]} for n in (1, 2)]
    first = run(clean_table(0, rows))
    second = rerun(first, clean_table(0, rows))
    assert len(set(assets_of(first).values())) == 2
    assert assets_of(second) == assets_of(first)
    assert first.registry.sort("ordinal").select("identifier", "ordinal").rows() == [("name:db01", 0), ("name:db01", 1)]


def test_a_new_asset_under_a_recognised_ones_identifier_gets_another_id() -> None:
    registry = pl.DataFrame([["a_known", "serial:CZ1", 0, ["name:db01", "serial:CZ1"]]], schema=REGISTRY, orient="row")
    serial = (1, "serial", "serial:CZ1")
    said = [(0, *serial), (0, 5, "name", "name:db01"), (1, *serial), (2, *serial)]
    texts = pl.DataFrame(said, schema=TEXTS, orient="row")
    given = assign_ids(texts, registry, "t", InventoryParams())
    ordinals = given.registry.filter(pl.col("asset_id") != "a_known").sort("ordinal")["ordinal"].to_list()
    assert given.asset_id[0] == "a_known"
    assert given.asset_id.n_unique() == 3
    assert ordinals == [1, 2]


def test_only_rows_that_grew_come_back_for_the_registry() -> None:
    first = run(clean_table(0, [FULL, {"hostname": "db01"}]))
    second = rerun(first, clean_table(0, [FULL, {"hostname": "db01", "serial_number": "CZ999999"}]))
    assert dict(second.registry.schema) == REGISTRY
    assert second.registry["identifiers"].to_list() == [["name:db01", "serial:cz999999"]]


def test_an_application_keeps_its_id_when_it_comes_to_be_described() -> None:
    named = run(clean_table(0, [{"hostname": "a1", "application_name": ["Billing Core"]}]))
    described = rerun(named, clean_table(0, [{"application_name": ["billing-core"], "criticality": "high"}]))
    before = named.inventory.filter(pl.col("classified_type") == "application")["asset_id"].to_list()
    assert [assets_of(described)[(0, 0)]] == before


OTHER = "564d1f2e-7a3b-9c8d-1e2f-3a4b5c6d7e8f"


class Deliveries:
    """One tenant over several deliveries: what each registered stands, each is compared with the one before."""

    def __init__(self) -> None:
        self.registry = pl.DataFrame(schema=REGISTRY)
        self.last: InventoryOutcome | None = None

    def deliver(self, *tables: list[dict[str, Any]]) -> InventoryOutcome:
        """A delivery of one export per list of rows."""
        baseline = self.last.inventory if self.last else None
        made = run(
            *(clean_table(no, rows) for no, rows in enumerate(tables)), registry=self.registry, baseline=baseline
        )
        known = pl.concat([made.registry, self.registry])
        self.registry = known.unique("asset_id", keep="first", maintain_order=True)
        self.last = made
        return made


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param({"source_id": "vm-17", "rack": "R1"}, {"source_id": "vm-17", "rack": "R2"}, id="a source id"),
        pytest.param({"ip_address": ["10.0.0.7"]}, {"ip_address": ["10.0.0.7"]}, id="an address"),
        pytest.param({"ip_address": ["10.0.0.7"]}, {"ip_address": ["10.0.0.7", "10.9.0.7"]}, id="one of two addresses"),
    ],
)
def test_a_renamed_machine_is_known_by_all_that_it_has_in_common(before: dict[str, Any], after: dict[str, Any]) -> None:
    story = Deliveries()
    first = story.deliver([{"hostname": "old-name", **before}, {"hostname": "another"}])
    second = story.deliver([{"hostname": "new-name", **after}, {"hostname": "another"}])
    assert assets_of(second) == assets_of(first)
    assert not second.inventory["vanished"].any()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param({"uuid": UUID}, {"uuid": OTHER}, id="another uuid"),
        pytest.param({"serial_number": "CZ111111"}, {"serial_number": "CZ222222"}, id="another serial"),
        pytest.param(
            {"mac_address": ["00:1b:21:00:00:01"]}, {"mac_address": ["00:1b:21:00:00:02"]}, id="another network card"
        ),
    ],
)
def test_who_takes_over_an_address_is_another_machine(before: dict[str, Any], after: dict[str, Any]) -> None:
    story, address = Deliveries(), {"ip_address": ["10.0.0.7"]}
    first = story.deliver([{"hostname": "old-name", **address, **before}])
    second = story.deliver([{"hostname": "new-name", **address, **after}])
    assert assets_of(second)[(0, 0)] != assets_of(first)[(0, 0)]
    assert second.inventory.filter("vanished")["hostname"].to_list() == ["old-name"]


def test_an_address_of_a_machine_that_is_long_gone_is_free_again() -> None:
    story, other = Deliveries(), {"hostname": "another"}
    first = story.deliver([{"hostname": "old-name", "ip_address": ["10.0.0.7"]}, other])
    story.deliver([other])
    third = story.deliver([{"hostname": "new-name", "ip_address": ["10.0.0.7"]}, other])
    assert assets_of(third)[(0, 0)] != assets_of(first)[(0, 0)]


def test_an_address_is_remembered_as_long_as_it_is_the_assets() -> None:
    story = Deliveries()
    story.deliver([{"hostname": "web01", "ip_address": ["10.0.0.7"]}])
    story.deliver([{"hostname": "web01", "ip_address": ["10.0.0.8"]}])
    assert story.registry["identifiers"].to_list() == [["ip:10.0.0.8", "name:web01"]]


def test_two_machines_that_swap_their_names_keep_their_ids() -> None:
    story = Deliveries()
    one, other = {"uuid": UUID, "ip_address": ["10.0.0.1"]}, {"uuid": OTHER, "ip_address": ["10.0.0.2"]}
    first = story.deliver([{"hostname": "web01", **one}, {"hostname": "web02", **other}])
    second = story.deliver([{"hostname": "web02", **one}, {"hostname": "web01", **other}])
    assert assets_of(second) == assets_of(first)
    assert set(changes(second, first).select("change", "field").iter_rows()) == {("changed", "hostname")}


def test_after_a_split_the_stronger_part_keeps_the_id_and_has_it_still_when_they_join_again() -> None:
    story = Deliveries()
    joined = [{"hostname": "web01", "uuid": UUID}], [{"hostname": "web01", "uuid": UUID, "asset_tag": "T100"}]
    apart = [{"hostname": "web01", "uuid": UUID}], [{"hostname": "web09", "uuid": OTHER, "asset_tag": "T100"}]
    first, second, third = story.deliver(*joined), story.deliver(*apart), story.deliver(*joined)
    whole = assets_of(first)[(0, 0)]
    assert assets_of(second)[(0, 0)] == whole != assets_of(second)[(1, 0)]
    assert set(assets_of(third).values()) == {whole}
    gone = changes(third, second).filter(change="vanished")
    assert gone.select("asset_id", "field", "new").rows() == [(assets_of(second)[(1, 0)], None, None)]


def test_what_vanished_is_marked_for_as_long_as_it_is_away_and_comes_back_as_itself() -> None:
    story, web, db = Deliveries(), {"hostname": "web01", "uuid": UUID}, {"hostname": "db01"}
    first = story.deliver([web, db])
    second, third = story.deliver([db]), story.deliver([db])
    lost = assets_of(first)[(0, 0)]
    for away in (second, third):
        assert away.inventory.filter("vanished")["asset_id"].to_list() == [lost]
    fourth = story.deliver([db, {**web, "hostname": "web01-new"}])
    assert assets_of(fourth)[(0, 1)] == lost
    found = changes(fourth, third).filter(asset_id=lost).select("change", "field").rows()
    assert found == [("changed", "hostname"), ("returned", None)]
