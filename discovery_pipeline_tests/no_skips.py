"""`pytest --no-skips`: a test or file that would be skipped fails instead, with the reason it gives.

What a machine lacks is a reason to skip on a laptop, and a fault of a machine whose word counts.
"""

from __future__ import annotations

from collections.abc import Generator

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--no-skips", action="store_true", help="a skipped test is a failed one")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """An expected failure is reported as skipped too, and stays what it is."""
    report = yield
    if not hasattr(report, "wasxfail"):
        _refuse(report, item.config)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """A whole file that skips itself."""
    report = yield
    _refuse(report, collector.config)
    return report


def _refuse(report: pytest.TestReport | pytest.CollectReport, config: pytest.Config) -> None:
    if report.skipped and config.getoption("--no-skips"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"{reason} (--no-skips: this machine has to run every test)"
