"""Rows of a hypervisor's list that are no running machine: templates that carry no flag, machines it lost hold of.

Keep out: what follows from it for the inventory and the assessment.
"""

from __future__ import annotations

from collections.abc import Collection

import polars as pl

from discovery_pipeline.domain.cleansing.derived import Derived
from discovery_pipeline.domain.cleansing.rules import TEXT, Stage, Trouble, nulled, replaced

_LOST = Trouble(
    "lost_machine", "warning",
    "machines that the platform has lost hold of (orphaned, inaccessible); what it says of them may be out of date",
    "register them again or remove them from the platform's list",
)  # fmt: skip
_STATE = (
    r"(?i)\s*\((?:inaccessible|orphaned|invalid|disconnected|unreachable|not responding|nicht erreichbar|verwaist)\)$"
)
# A lost machine is known by the path of its file alone: "[datastore1] srv01/srv01.vmx", "/vmfs/volumes/5f3c/srv01.vmx".
_FILE = r"(?i)^(?:\[[^\]]+\]\s*|/vmfs/volumes/)(?:.*/)?([^/]+)\.vmt?x$"
LOST = (
    Stage(TEXT.str.ends_with(")") | TEXT.str.ends_with("x") | TEXT.str.ends_with("X"), (
        nulled("lost_machine_without_name", TEXT.str.contains(r"(?i)^unknown(?: \d+)?\s*\(\p{L}[\p{L} ]+\)$"), _LOST),
        replaced("lost_machine_state", _STATE, "", _LOST),
        replaced("lost_machine_file", _FILE, "${1}", _LOST),
    )),
)  # fmt: skip

# Only rows of such tables may be templates.
_OF_MACHINES = frozenset(("power_state", "hypervisor_host", "is_virtual", "platform", "cluster", "is_template"))
_WORDS = r"templates?|tmpl|vorlagen?|gold(?:en)?[-_ ]?image|master[-_ ]?image"
_NAME = rf"(?:^|[-_. ])(?:{_WORDS})(?:$|[-_. ]?\d|[-_. ])|[-_. ]snap(?:shot)?[-_ ]?\d*$"
_FOLDER = rf"(?i)(?:^|[/\\>;,])\s*(?:vm[-_ ]?)?(?:{_WORDS})\s*(?:$|[/\\>;,])"
_CLASS = rf"(?i)^(?:vm |virtual machine |vmware )*(?:{_WORDS}|snapshots?)(?: \(vm\))?$"


def template_derivations(columns: Collection[str]) -> list[Derived]:
    """Templates told by their class; by their name or folder only where they neither run nor have an address.

    columns: the clean ones of the table. A flag of the source is never overruled.
    """
    if not _OF_MACHINES & set(columns):
        return []
    said, power, addresses = (_column(name, columns) for name in ("is_template", "power_state", "ip_address"))
    rests = (power.fill_null("off") != "on") & addresses.is_null()
    found: list[Derived] = []
    known = said.is_not_null()
    for rule, source, pattern, limit in (
        ("template_by_class", "asset_type", _CLASS, pl.lit(True)),
        ("template_by_name", "hostname", _NAME, rests),
        ("template_by_folder", "tags", _FOLDER, rests),
    ):
        if source in columns:
            hits = ~known & limit & pl.col(source).str.contains(pattern).fill_null(False)
            found.append(Derived(rule, source, "is_template", hits, said))
            known = known | hits
    value = pl.when(pl.any_horizontal([d.hits for d in found])).then(True).otherwise(said) if found else said
    return [Derived(d.rule, d.source, d.field, d.hits, value) for d in found]


def _column(name: str, columns: Collection[str]) -> pl.Expr:
    kinds = {"is_template": pl.Boolean(), "power_state": pl.String(), "ip_address": pl.List(pl.String)}
    return pl.col(name) if name in columns else pl.lit(None, kinds[name])
