"""The error tree decides about retries, in one place."""

import dagster as dg
import pytest

from discovery_pipeline.defs.failures import as_dagster, unexpected
from discovery_pipeline.domain import errors
from discovery_pipeline.domain.errors import DiscoveryError, PermanentError, TransientError


def classes(root: type[DiscoveryError]) -> list[type[DiscoveryError]]:
    return [root, *(found for child in root.__subclasses__() for found in classes(child))]


@pytest.mark.parametrize("error", [c for c in classes(TransientError) if c.__module__ == errors.__name__])
def test_transient_errors_are_retried(error: type[DiscoveryError]) -> None:
    assert isinstance(as_dagster(error("down")), dg.RetryRequested)


@pytest.mark.parametrize("error", [c for c in classes(PermanentError) if c.__module__ == errors.__name__])
def test_permanent_errors_are_not(error: type[DiscoveryError]) -> None:
    failure = as_dagster(error("broken", where="a.csv", advice="mend it"))
    assert isinstance(failure, dg.Failure)
    assert not failure.allow_retries
    assert failure.metadata["where"].value == "a.csv"
    assert failure.metadata["advice"].value == "mend it"


def test_defects_of_ours_are_not_retried_and_show_their_place_but_no_cell(caplog: pytest.LogCaptureFixture) -> None:
    try:
        raise KeyError("a cell of the tenant")
    except KeyError as error:
        failure = unexpected(error)
    assert not failure.allow_retries
    assert "test_failures.py" in str(failure.metadata["place"].value)
    assert "a cell" not in f"{failure.description}{failure.metadata}".replace(
        'raise KeyError("a cell of the tenant")', ""
    )
    assert "a cell of the tenant" in caplog.text
