"""Attacks on the walls between tenants' frames: names, links, and SQL on a tenant's own connection."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import duckdb
import polars as pl
import pytest

from discovery_pipeline.domain.errors import IsolationViolation
from discovery_pipeline.files.frames import FrameStore, TenantFrames

SECRET = "secret of shop"
NOT_NAMES = [
    "../shop",
    "..",
    ".",
    "",
    "/shop",
    "a/b",
    "a\\b",
    "shop\n",
    "s3://b",
    "file:x",
    "C:x",
    "%2e%2e",
    "a\x00b",
    "ä",
]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "frames"


@pytest.fixture
def bank(root: Path) -> TenantFrames:
    """The attacker's frames; `shop` and `bank2` are others in the same store."""
    store = FrameStore(str(root))
    for tenant in ("shop", "bank", "bank2"):
        with store.open(tenant).stage("inventory") as staged:
            staged.write("inventory", pl.DataFrame({"text": [f"secret of {tenant}"]}))
            staged.write("lineage", pl.DataFrame({"row": [1, 2]}))
            staged.write_bytes("report.html", b"x")
            staged.publish()
    return store.open("bank")


@pytest.mark.parametrize("name", [*NOT_NAMES, "Shop", "-shop", "a" * 64])
def test_a_tenant_has_to_have_a_name(root: Path, name: str) -> None:
    with pytest.raises(IsolationViolation):
        FrameStore(str(root)).open(name)
    with pytest.raises(IsolationViolation):
        FrameStore(str(root)).remove(name)


ACCESSES: dict[str, Callable[[TenantFrames, str], object]] = {
    "stage": lambda f, name: f.stage(name),
    "has": lambda f, name: f.has(name),
    "version": lambda f, name: f.version(name),
    "parts": lambda f, name: f.parts(name),
    "scan asset": lambda f, name: f.scan(name, "inventory"),
    "scan part": lambda f, name: f.scan("inventory", name),
    "scan version": lambda f, name: f.scan("inventory", "inventory", name),
    "meta of version": lambda f, name: f.meta("inventory", name),
    "read asset": lambda f, name: f.read_bytes(name, "report.html"),
    "read file": lambda f, name: f.read_bytes("inventory", name),
    "location": lambda f, name: f.location("inventory", name),
    "write part": lambda f, name: f.stage("other").write(name, pl.DataFrame({"a": [1]})),
    "write file": lambda f, name: f.stage("other").write_bytes(name, b"x"),
    "keep": lambda f, name: f.stage("other").publish(keep=[name]),
}


@pytest.mark.parametrize("name", NOT_NAMES, ids=repr)
@pytest.mark.parametrize("access", ACCESSES)
def test_no_name_leads_out_of_the_tenant(bank: TenantFrames, access: str, name: str) -> None:
    with pytest.raises(IsolationViolation):
        ACCESSES[access](bank, name)


@pytest.mark.parametrize("level", ["tenant", "asset", "version", "part"])
def test_links_to_another_tenant_are_refused(root: Path, bank: TenantFrames, level: str) -> None:
    version = FrameStore(str(root)).open("shop").version("inventory") or ""
    own = bank.version("inventory") or ""
    links = {
        "tenant": (root / "thief", root / "shop"),
        "asset": (root / "bank" / "stolen", root / "shop" / "inventory"),
        "version": (root / "bank" / "inventory" / version, root / "shop" / "inventory" / version),
        "part": (root / "bank" / "inventory" / own / "inventory.parquet",
                 root / "shop" / "inventory" / version / "inventory.parquet"),
    }  # fmt: skip
    link, target = links[level]
    link.unlink(missing_ok=True)
    link.symlink_to(target)
    attacker = FrameStore(str(root)).open("thief") if level == "tenant" else bank
    asset = "stolen" if level == "asset" else "inventory"
    with pytest.raises(IsolationViolation, match="symbolic link"):
        attacker.scan(asset, "inventory", version if level == "version" else None)
    if level != "version":
        with pytest.raises(IsolationViolation, match="symbolic link"):
            attacker.duckdb()


def test_views_show_the_published_parts(bank: TenantFrames) -> None:
    connection = bank.duckdb()
    assert connection.sql("SELECT text FROM inventory").fetchall() == [("secret of bank",)]
    assert connection.sql("SELECT sum(row) FROM inventory__lineage").fetchone() == (3,)
    assert (
        connection.sql("SELECT a.text, l.row FROM inventory a, inventory__lineage l").fetchall()[0][0]
        == "secret of bank"
    )


def test_a_tenant_may_read_its_own_folder(root: Path, bank: TenantFrames) -> None:
    found = bank.duckdb().sql(f"SELECT text FROM read_parquet('{root}/bank/*/*/inventory.parquet')").fetchall()
    assert found == [("secret of bank",)]


SQL_ATTACKS = {
    "absolute path": "FROM read_parquet('{root}/shop/inventory/{version}/inventory.parquet')",
    "glob": "FROM read_parquet('{root}/*/inventory/*/inventory.parquet')",
    "deep glob": "FROM read_parquet('{root}/**/inventory.parquet')",
    "climb": "FROM read_parquet('{root}/bank/../shop/inventory/{version}/inventory.parquet')",
    "relative path": "FROM read_parquet('../shop/inventory/{version}/inventory.parquet')",
    "neighbour with the same beginning": "FROM read_parquet('{root}/bank2/inventory/*/inventory.parquet')",
    "link in the own folder": "FROM read_parquet('{root}/bank/link/inventory/{version}/inventory.parquet')",
    "file url": "FROM read_parquet('file://{root}/shop/inventory/{version}/inventory.parquet')",
    "path as table": "FROM '{root}/shop/inventory/{version}/inventory.parquet'",
    "text": "FROM read_text('{root}/shop/inventory/current.json')",
    "csv": "FROM read_csv('{root}/shop/inventory/current.json')",
    "listing": "FROM glob('{root}/shop/*')",
    "network": "FROM read_parquet('https://shop.example/inventory.parquet')",
    "copy out": "COPY (SELECT 1) TO '{root}/shop/planted.csv'",
    "copy out of the store": "COPY (SELECT 1) TO '{root}/../planted.csv'",
    "export": "EXPORT DATABASE '{root}/shop/planted'",
    "attach": "ATTACH '{root}/shop/planted.db' AS planted",
    "install": "INSTALL httpfs",
    "load": "LOAD httpfs",
    "load a file": "LOAD '{root}/shop/planted.duckdb_extension'",
    "open access": "SET enable_external_access = true",
    "more folders": "SET allowed_directories = ['/']",
    "more paths": "SET allowed_paths = ['/etc/passwd']",
    "unlock": "SET lock_configuration = false",
    "reset": "RESET enable_external_access",
    "spill elsewhere": "SET temp_directory = '{root}/shop'",
    "log elsewhere": "SET log_query_path = '{root}/shop/log'",
    "variable of the process": "FROM frame_of_another_tenant",
}


@pytest.mark.parametrize("attack", SQL_ATTACKS)
def test_sql_cannot_leave_the_tenant(
    root: Path, bank: TenantFrames, attack: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(root / "bank")
    version = FrameStore(str(root)).open("shop").version("inventory")
    frame_of_another_tenant = pl.DataFrame({"text": [SECRET]})
    connection = bank.duckdb()
    if "link" in attack:
        (root / "bank" / "link").symlink_to(root / "shop")
    before = sorted(os.walk(root / "shop"))
    with pytest.raises(duckdb.Error):
        connection.execute(SQL_ATTACKS[attack].format(root=root, version=version)).fetchall()
    assert sorted(os.walk(root / "shop")) == before
    assert not (root.parent / "planted.csv").exists()
    assert frame_of_another_tenant.height == 1


REMOTE_ATTACKS = {
    "same url": "FROM read_parquet('memory://attacked/shop/inventory/*/inventory.parquet')",
    "local file": "FROM read_text('/etc/passwd')",
    "copy out": "COPY (SELECT 1) TO '/tmp/planted.csv'",
    "attach": "ATTACH '/tmp/planted.db' AS planted",
    "unlock": "SET lock_configuration = false",
    "variable of the process": "FROM frame_of_another_tenant",
}


@pytest.mark.parametrize("attack", REMOTE_ATTACKS)
def test_sql_over_an_object_store_reaches_no_file_at_all(attack: str) -> None:
    store = FrameStore("memory://attacked")
    for tenant in ("shop", "bank"):
        with store.open(tenant).stage("inventory") as staged:
            staged.write("inventory", pl.DataFrame({"text": [f"secret of {tenant}"]}))
            staged.publish()
    frame_of_another_tenant = pl.DataFrame({"text": [SECRET]})
    connection = store.open("bank").duckdb()
    assert connection.sql("SELECT text FROM inventory").fetchall() == [("secret of bank",)]
    with pytest.raises(duckdb.Error):
        connection.execute(REMOTE_ATTACKS[attack]).fetchall()
    assert frame_of_another_tenant.height == 1


@pytest.mark.parametrize(
    ("assets", "views"),
    [((), {"inventory", "inventory__lineage", "notes"}), (("notes",), {"notes"}), (("notes", "../shop"), {"notes"})],
    ids=["of all", "of one", "what is none is passed over"],
)  # fmt: skip
def test_sql_sees_the_assets_that_were_asked_for(bank: TenantFrames, assets: tuple[str, ...], views: set[str]) -> None:
    with bank.stage("notes") as staged:
        staged.write("notes", pl.DataFrame({"text": ["n"]}))
        staged.publish()
    found = bank.duckdb(*assets).sql("SELECT view_name FROM duckdb_views() WHERE NOT internal").fetchall()
    assert {name for (name,) in found} == views
