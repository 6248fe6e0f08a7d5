"""Merges, splits, types and values that people decided, in real runs: applied, undone, forgotten, over deliveries."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from discovery_pipeline.defs import inventory as module
from discovery_pipeline.defs.launch import run_tenant
from discovery_pipeline.defs.tables import load_clean
from discovery_pipeline.domain.inventory.decisions.anchor_of import anchor_of, split_anchors
from discovery_pipeline.domain.learning.corrections import NewCorrection
from discovery_pipeline.domain.learning.kinds import Kind
from discovery_pipeline.domain.learning.rules import Anchor
from discovery_pipeline.services.delivery.ingest import ingest
from discovery_pipeline.services.inventory.explain import explain
from discovery_pipeline.services.learning.deciding.decide import decide as decide_on
from discovery_pipeline.services.learning.deciding.decisions import AnyDecision, MergeDecision, RowValueDecision
from discovery_pipeline.services.records.row_decisions import row_decisions
from discovery_pipeline.services.run_frames import run_frames
from discovery_pipeline.services.workspace import Workspace, open_workspace
from discovery_pipeline.settings import Settings
from discovery_pipeline.store.corrections import forget, record, undo
from discovery_pipeline.store.identities import load_registry
from discovery_pipeline.store.tenants import add_tenant

HEADER = "Name,IP Address,Operating System,RAM (GB),Serial Number\n"
WEB1 = "web1,10.0.0.1,Red Hat Enterprise Linux 8,8,CZ1111111\n"
WEB2 = "web-two,10.0.0.9,Red Hat Enterprise Linux 8,16,CZ2222222\n"
DB1 = "db1,10.0.0.2,AIX 7.2,64,CZ3333333\n"
AGENT = "Hostname,Serial Number,Last Seen,OS Name\ndb1,CZ3333333,2026-05-01,AIX 7.2\n"


@pytest.fixture
def workspace(settings: Settings, tmp_path: Path) -> Iterator[Workspace]:
    with open_workspace(settings) as opened:
        add_tenant(opened.database, "acme")
        deliver(opened, tmp_path / "one", servers=HEADER + WEB1 + WEB2 + DB1, agents=AGENT)
        yield opened


def deliver(workspace: Workspace, folder: Path, **files: str) -> None:
    folder.mkdir()
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    ingest(workspace.settings, workspace.database, "acme", [folder])


def run(workspace: Workspace) -> pl.DataFrame:
    """The inventory after a run."""
    assert run_tenant(workspace.settings, "acme", "inventory", lambda _: None).status == "done"
    return part(workspace, "inventory")


def part(workspace: Workspace, name: str, asset: str = "inventory") -> pl.DataFrame:
    return workspace.frames.open("acme").scan(asset, name).collect()


def hashes(workspace: Workspace) -> dict[str, str]:
    frames = {name: part(workspace, name) for name in workspace.frames.open("acme").parts("inventory")}
    frames["registry"] = load_registry(workspace.database, "acme")
    return {n: hashlib.sha256(f"{f.schema}{f.write_json()}".encode()).hexdigest() for n, f in frames.items()}


def ids(inventory: pl.DataFrame) -> dict[str, str]:
    return dict(inventory.select("hostname", "asset_id").iter_rows())


def decide(workspace: Workspace, kind: Kind, target: dict[str, Any], **said: Any) -> int:
    new = NewCorrection(kind, "set", target, said, {}, {}, "ann", "she knows")
    return record(workspace.database, "acme", [new])[0].number


def merge(workspace: Workspace, one: str, other: str) -> int:
    frames, registry = workspace.frames.open("acme"), load_registry(workspace.database, "acme")
    tables, lineage = load_clean(frames), part(workspace, "lineage")
    anchors = [anchor_of(asset_id, tables, lineage, registry) for asset_id in (one, other)]
    return _same(workspace, "merge", anchors, holds=True)


def split(workspace: Workspace, asset_id: str, table_no: int) -> int:
    lineage = part(workspace, "lineage")
    mine = lineage.filter((pl.col("asset_id") == asset_id) & (pl.col("table_no") == table_no))
    rows = list(mine.select("table_no", "row").iter_rows())
    found = split_anchors(asset_id, rows, load_clean(workspace.frames.open("acme")), lineage)
    return _same(workspace, "split", [found.rest, *found.rows], holds=False)


def _same(workspace: Workspace, kind: Kind, anchors: list[Anchor], *, holds: bool) -> int:
    target = {"one": anchors[0].asset_id, "other": anchors[1].asset_id, "texts": list(anchors[1].texts)}
    return decide(workspace, kind, target, holds=holds, anchors=[asdict(anchor) for anchor in anchors])


def test_every_kind_of_decision_holds_and_is_undone_or_forgotten_without_trace(workspace: Workspace) -> None:
    known = ids(run(workspace))
    never = hashes(workspace)
    merged = merge(workspace, known["web1"], known["web-two"])
    assert len(run(workspace)) == 2
    assert not part(workspace, "inventory")["vanished"].any()
    one = hashes(workspace)
    apart = split(workspace, known["db1"], 0)
    kind = decide(workspace, "type", {"asset_id": known["db1"]}, type="storage")
    value = decide(workspace, "value", {"asset_id": known["db1"], "field": "environment"}, value="test")
    decided = run(workspace)
    (storage,) = decided.filter(pl.col("asset_id") == known["db1"]).to_dicts()
    assert (storage["classified_type"], storage["environment"], storage["record_count"]) == ("storage", "test", 1)
    assert len(decided) == 3
    told = dict(
        part(workspace, "corrected").filter(pl.col("asset_id") == known["db1"]).select("field", "told").iter_rows()
    )
    assert told == {
        "asset_id": f"correction {apart} by ann",
        "classified_type": f"correction {kind} by ann",
        "environment": f"correction {value} by ann",
    }
    undo(workspace.database, "acme", [apart, kind, value], "bob")
    run(workspace)
    assert hashes(workspace) == one
    forget(workspace.database, "acme", [merged], "bob")
    run(workspace)
    assert hashes(workspace) == never


def test_forgetting_the_first_of_two_decisions_is_as_if_only_the_second_had_been_made(workspace: Workspace) -> None:
    known = ids(run(workspace))
    never = hashes(workspace)
    second = decide(workspace, "type", {"asset_id": known["db1"]}, type="storage")
    run(workspace)
    only_the_type = hashes(workspace)
    undo(workspace.database, "acme", [second], "ann")
    run(workspace)
    assert hashes(workspace) == never
    first = merge(workspace, known["web1"], known["web-two"])
    run(workspace)
    again = decide(workspace, "type", {"asset_id": known["db1"]}, type="storage")
    run(workspace)
    forget(workspace.database, "acme", [first], "ann")
    run(workspace)
    differs = {name for name, text in hashes(workspace).items() if only_the_type[name] != text}
    assert differs == {"corrected"}  # it names another number
    assert part(workspace, "corrected")["told"].to_list() == [f"correction {again} by ann"]


def test_new_and_vanished_are_told_against_the_delivery_whatever_is_corrected_since(
    workspace: Workspace, tmp_path: Path
) -> None:
    known = ids(run(workspace))
    deliver(workspace, tmp_path / "two", servers=HEADER + WEB2 + DB1 + "app9,10.0.0.5,AIX 7.2,8,CZ9999999\n")
    delivered = run(workspace)
    flags = _flags(delivered)
    assert flags == {"web1": (False, True), "web-two": (False, False), "db1": (False, False), "app9": (True, False)}
    first = hashes(workspace)
    typed = decide(workspace, "type", {"asset_id": known["db1"]}, type="storage")
    assert _flags(run(workspace)) == flags
    changes = part(workspace, "inventory_changes", "inventory_changes")
    assert set(changes.select("change", "field").iter_rows()) == {("changed", "classified_type")}
    merged = merge(workspace, known["db1"], ids(delivered)["app9"])
    assert _flags(run(workspace))["web1"] == (False, True)
    undo(workspace.database, "acme", [typed, merged], "ann")
    run(workspace)
    assert hashes(workspace) == first


def test_assets_known_by_an_address_alone_keep_their_ids_over_decisions(settings: Settings, tmp_path: Path) -> None:
    nameless = "".join(f",10.0.0.{number},AIX 7.2,8,\n" for number in (77, 78))
    with open_workspace(settings) as opened:
        add_tenant(opened.database, "acme")
        deliver(opened, tmp_path / "one", servers=HEADER + WEB1 + nameless)
        first = run(opened)
        never = hashes(opened)
        decided = decide(opened, "type", {"asset_id": ids(first)["web1"]}, type="storage")
        assert run(opened)["asset_id"].to_list() == first["asset_id"].to_list()
        assert set(part(opened, "inventory_changes", "inventory_changes")["change"]) == {"changed"}
        undo(opened.database, "acme", [decided], "ann")
        run(opened)
        assert hashes(opened) == never


def test_two_that_are_kept_apart_stay_two_whatever_a_delivery_says_until_that_is_taken_back(
    settings: Settings, tmp_path: Path
) -> None:
    agents = "ID,Hostname,Serial Number,Last Seen,OS Name\nAG-1,{},{},2026-05-01,AIX 7.2\n"
    with open_workspace(settings) as opened:
        add_tenant(opened.database, "acme")
        deliver(opened, tmp_path / "one", servers=HEADER + WEB1 + DB1, agents=agents.format("node7", "CZ8888888"))
        names = ids(run(opened))
        apart = sorted((names["db1"], names["node7"]))
        never = hashes(opened)
        (kept,) = decided_by_ann(opened, MergeDecision(*apart, holds=False))
        assert ids(run(opened)) == names
        told = part(opened, "corrected").filter(field="asset_id")
        assert dict(told.select("asset_id", "told").iter_rows()) == dict.fromkeys(apart, f"correction {kept} by ann")
        undo(opened.database, "acme", [kept], "ann")
        run(opened)
        assert hashes(opened) == never
        (kept,) = decided_by_ann(opened, MergeDecision(*apart, holds=False))
        deliver(opened, tmp_path / "two", agents=agents.format("db1", "CZ3333333"))
        assert set(run(opened).filter(hostname="db1", vanished=False)["asset_id"]) == set(apart)
        forget(opened.database, "acme", [kept], "ann")
        assert len(run(opened).filter(hostname="db1", vanished=False)) == 1


def decided_by_ann(workspace: Workspace, *decisions: AnyDecision) -> list[int]:
    return [correction.number for correction in decide_on(workspace, "acme", decisions, "ann")]


NAMELESS = "n/a,,AIX 7.2,{},\n"


def test_a_cell_of_one_row_is_corrected_wherever_the_row_stands_and_taken_back_without_trace(
    settings: Settings, tmp_path: Path
) -> None:
    with open_workspace(settings) as opened:
        add_tenant(opened.database, "acme")
        deliver(opened, tmp_path / "one", servers=HEADER + WEB1 + NAMELESS.format(64) + NAMELESS.format(32))
        run(opened)
        never, aside = hashes(opened), part(opened, "set_aside", "clean_records")
        assert aside["row"].to_list() == [1, 2]
        info = opened.frames.open("acme").meta("raw_export")["tables"][0]
        place = (info["file"], info["table"])
        ram = RowValueDecision(*place, 0, "memory_mib", "4 GiB")
        (named, smaller) = decided_by_ann(opened, RowValueDecision(*place, 1, "hostname", "db9"), ram)
        inventory = run(opened)
        assert dict(inventory.select("hostname", "memory_mib").iter_rows()) == {"web1": 4096.0, "db9": 65536.0}
        assert part(opened, "set_aside", "clean_records")["row"].to_list() == [2]
        (cell,) = next(
            c for c in explain(opened.frames.open("acme"), "db9", "hostname").fields[0].claims if c.chosen
        ).cells
        assert (cell.raw, cell.steps[-1].after, cell.steps[-1].by) == ("n/a", "db9", f"correction {named} by ann")
        # Another order of rows, and what the first decision was about mended by the source itself.
        mended = WEB1.replace(",8,", ",16,")
        moved = HEADER + NAMELESS.format(32) + NAMELESS.format(64) + mended
        deliver(opened, tmp_path / "two", servers=moved)
        again = run(opened).filter(vanished=False)
        assert dict(again.select("hostname", "memory_mib").iter_rows()) == {"web1": 16384.0, "db9": 65536.0}
        stands = row_decisions(opened.database, run_frames(opened.frames.open("acme")))
        where = {each.correction.number: [row.row for row in each.rows] for each in stands}
        assert where == {named: [1], smaller: []}
        deliver(opened, tmp_path / "three", servers=HEADER + WEB1 + NAMELESS.format(64) + NAMELESS.format(32))
        undo(opened.database, "acme", [named, smaller], "ann")
        run(opened)
        assert part(opened, "set_aside", "clean_records").equals(aside)
        assert never.keys() == hashes(opened).keys()


def _flags(inventory: pl.DataFrame) -> dict[str, tuple[bool, bool]]:
    return {name: (new, gone) for name, new, gone in inventory.select("hostname", "first_run", "vanished").iter_rows()}


def test_a_run_killed_between_registering_and_publishing_is_made_again_to_the_same(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = ids(run(workspace))
    before = part(workspace, "inventory")
    merge(workspace, known["web1"], known["web-two"])
    save = module.save_registry
    with monkeypatch.context() as killed:

        def save_and_die(*arguments: Any) -> None:
            save(*arguments)
            raise ZeroDivisionError

        killed.setattr(module, "save_registry", save_and_die)
        with pytest.raises(ZeroDivisionError):
            run(workspace)
    assert part(workspace, "inventory").equals(before)
    run(workspace)
    once = hashes(workspace)
    run(workspace)
    assert hashes(workspace) == once
    assert len(part(workspace, "inventory")) == 2
