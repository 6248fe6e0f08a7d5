"""Middleware told from lists of installed software, and its support."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from discovery_pipeline.domain.analysis.lifecycle.support import identified_middleware
from discovery_pipeline.domain.analysis.lifecycle.table import lifecycle

DAY = date(2026, 11, 1)


def told(name: str | None, version: str | None = None) -> tuple[str | None, str]:
    """(label, support) of one string."""
    pair = pl.DataFrame({"name": [name], "version": [version]}, schema={"name": pl.String, "version": pl.String})
    (row,) = identified_middleware(pair, DAY).select("label", "support").rows()
    return row


@pytest.mark.parametrize(
    ("name", "version", "label", "support"),
    [
        ("IIS 8.5", None, "Microsoft IIS 8.5", "ended"),
        ("Internet Information Services", "10.0", "Microsoft IIS", "unknown"),
        ("Apache Tomcat 8.5.83", None, "Apache Tomcat 8.5", "ended"),
        ("Tomcat", "9.0.68", "Apache Tomcat 9", "ending"),
        ("Oracle WebLogic Server 12.2.1.4", None, "Oracle WebLogic Server 12.2.1", "ending"),
        ("IBM WebSphere Application Server 8.5.5", None, "IBM WebSphere Application Server 8.5", "supported"),
        ("WebSphere MQ 8.0", None, "IBM MQ 8.0", "ended"),
        ("JBoss EAP 7.4", None, "Red Hat JBoss EAP 7", "extended"),
        ("Java 8 Update 202", None, "Oracle Java SE 8", "extended"),
        ("jdk1.7.0_80", None, "Oracle Java SE 7", "ended"),
        ("OpenJDK 11.0.2", None, "OpenJDK", "unknown"),
        ("JavaScript runtime", None, None, "unknown"),
        ("Microsoft .NET Framework 4.5.1", None, ".NET Framework 4.5.1", "ended"),
        (".NET Core 3.1", None, ".NET 3.1", "ended"),
        ("Microsoft Exchange Server", "15.1.2507.57", "Microsoft Exchange Server 2016", "ended"),
        ("SharePoint Server 2019", None, "Microsoft SharePoint Server 2019", "ended"),
        ("Kubernetes v1.28.4", None, "Kubernetes 1.28", "ended"),
        ("php 8.3", None, "PHP 8.3", "supported"),
        ("Notepad++", "8.1", None, "unknown"),
    ],
)  # fmt: skip
def test_middleware(name: str, version: str | None, label: str | None, support: str) -> None:
    assert told(name, version) == (label, support)


def test_of_several_products_the_one_with_the_worst_support_counts() -> None:
    assert told("nginx 1.24; PHP 8.3; Python 2.7; Tomcat 11.0", "5.5") == ("Python 2.7", "ended")


def test_a_list_is_told_as_such_whatever_stands_between() -> None:
    assert told("Node.js 22, Java 17") == ("Oracle Java SE 17", "extended")
    assert told("Foo, Inc. Viewer") == (None, "unknown")


def test_nothing_is_nothing() -> None:
    assert identified_middleware(pl.DataFrame(schema={"name": pl.String, "version": pl.String}), DAY).height == 0


def test_every_listed_release_is_told_from_its_own_label() -> None:
    for product in lifecycle().middleware:
        for release in product.releases.values():
            assert told(release.label)[0] == release.label
