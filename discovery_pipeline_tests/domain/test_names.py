from __future__ import annotations

from collections.abc import Callable

import polars as pl
import pytest

from discovery_pipeline.domain.names import clean_text, domain_of, name_key, short_name


def _apply(function: Callable[[pl.Expr], pl.Expr], value: str | None) -> str | None:
    frame = pl.DataFrame({"v": [value]}, schema={"v": pl.String})
    result: str | None = frame.select(function(pl.col("v"))).item()
    return result


@pytest.mark.parametrize(
    ("name", "key"),
    [
        pytest.param("SRV01.corp.example.com", "srv01", id="DNS domain"),
        pytest.param("CORP\\SRV01", "srv01", id="NetBIOS domain"),
        pytest.param("SRV01\\SQLEXPRESS", "srv01\\sqlexpress", id="a database instance keeps its server"),
        pytest.param("CORP\\INSTALL01", "install01", id="a machine whose name begins like an instance"),
        pytest.param("\\\\filer", "filer", id="UNC"),
        pytest.param("srv01.", "srv01", id="trailing dot"),
        pytest.param("SRV01$", "srv01", id="machine account"),
        pytest.param("srv01.local", "srv01", id="private top domain"),
        pytest.param("web.prod", "web.prod", id="web.prod and web.test are two"),
        pytest.param("10.0.0.1", "10.0.0.1", id="an address stays whole"),
        pytest.param(" App  Server\u00a0v2.0 ", "app server v2.0", id="display name"),
        pytest.param("  ", None, id="nothing"),
        pytest.param(None, None, id="null"),
    ],
)
def test_name_key(name: str | None, key: str | None) -> None:
    assert _apply(name_key, name) == key


def test_parts_of_a_qualified_name() -> None:
    assert _apply(short_name, "Srv01.Corp.example.com") == "Srv01"
    assert _apply(domain_of, "Srv01.Corp.example.com") == "corp.example.com"
    assert _apply(domain_of, "srv01") is None


def test_clean_text() -> None:
    assert _apply(clean_text, " a \t\n b ") == "a b"
    assert _apply(clean_text, "\u00a0") is None
