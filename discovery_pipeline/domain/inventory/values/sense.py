"""Which claims can't be right: zero processors, more used than there is, what contradicts a value already chosen.

Keep out: cells that are impossible by themselves, which cleansing empties; what follows for the choice (disputes.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from discovery_pipeline.domain.inventory.matching.components import Nodes
from discovery_pipeline.domain.inventory.matching.identifiers import serial_key
from discovery_pipeline.domain.inventory.values.forms import folded
from discovery_pipeline.domain.names import is_shown_name, name_key


@dataclass(frozen=True)
class _Test:
    """What a plausible claim fulfils. needs: fields of its own record. lead: a field whose value is chosen already, in
    column `lead`; None where none is looked at."""

    needs: tuple[str, ...]
    holds: pl.Expr
    lead: str | None = None


_LEAD = pl.col("lead")
_SLACK = 1.02
_LEAST_MEMORY = 128.0
_SITE = r"(?i)^[\w.]+(?:-\w+)*[-_]site(?:-?name|\d*)?$"


def _some(field: str) -> _Test:
    """A machine has some; zero is a gap that a tool filled."""
    return _Test((field,), pl.col(field) > 0)


def _within(part: str, whole: str) -> tuple[_Test, _Test]:
    """No more than the record's own whole, and than the whole that was chosen."""
    return (
        _Test((part, whole), pl.col(part) <= pl.col(whole) * _SLACK),
        _Test((part,), pl.col(part) <= _LEAD * _SLACK, whole),
    )


def _goes_with(lead: str) -> tuple[_Test]:
    """A record that has the one field of another time, or of another machine, has this one of it too."""
    forms = {"hostname": name_key, "serial_number": serial_key}
    form = forms.get(lead, folded)
    return (_Test((lead,), form(pl.col(lead)) == form(_LEAD), lead),)


_CORES = _Test(
    ("cpu_cores", "cpu_sockets", "cores_per_socket"),
    pl.col("cpu_cores") == pl.col("cpu_sockets") * pl.col("cores_per_socket"),
)
_TESTS: dict[str, tuple[_Test, ...]] = {
    **{field: (_some(field),) for field in ("storage_total_gib", "disk_count")},
    # With less no system of today starts: gigabytes without their unit.
    "memory_mib": (_some("memory_mib"), _Test(("memory_mib", "os_name"), pl.col("memory_mib") >= _LEAST_MEMORY)),
    "hostname": (_Test(("hostname",), ~is_shown_name(pl.col("hostname"))),),
    # The sites of a directory are named for its replication.
    "location": (_Test(("location",), ~pl.col("location").str.contains(_SITE)),),
    **{field: (_some(field), _CORES) for field in ("cpu_cores", "cpu_sockets", "cores_per_socket")},
    # Fewer processors than cores: the tool counted the sockets.
    "cpu_count": (
        _some("cpu_count"),
        _Test(("cpu_count", "cpu_cores"), pl.col("cpu_count") >= pl.col("cpu_cores")),
        _Test(("cpu_count",), pl.col("cpu_count") >= _LEAD, "cpu_cores"),
    ),
    "memory_used_mib": _within("memory_used_mib", "memory_mib"),
    "storage_used_gib": _within("storage_used_gib", "storage_total_gib"),
    "fqdn": _goes_with("hostname"),
    "os_version": _goes_with("os_name"),
    "software_version": _goes_with("software"),
    **{field: _goes_with("serial_number") for field in ("manufacturer", "model", "cpu_model")},
}
# Fields that are chosen first, because the sense of others is judged by them.
LEADS = tuple(dict.fromkeys(test.lead for tests in _TESTS.values() for test in tests if test.lead))


def plausible(field: str, frame: pl.DataFrame, rows: Nodes, leads: Mapping[str, pl.Series]) -> NDArray[np.bool_]:
    """Whether each of these claims on a field may be right; what a record leaves open speaks against nothing.

    frame: Claims.frame. rows: positions in it. leads: values chosen so far, by asset number, of LEADS.
    """
    may_be = np.ones(len(rows), dtype=np.bool_)
    for test in _TESTS.get(field, ()):
        if set(test.needs) <= set(frame.columns) and (test.lead is None or test.lead in leads):
            stated = frame.select("asset", *test.needs)[rows]
            if test.lead:
                stated = stated.with_columns(leads[test.lead].gather(stated["asset"]).alias("lead"))
            may_be &= stated.select(test.holds.fill_null(value=True)).to_series().to_numpy()
    return may_be
