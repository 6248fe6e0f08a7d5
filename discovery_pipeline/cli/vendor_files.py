"""`discovery export --format azure-migrate|aws-ads|google-mc|konveyor`: the vendors' import files, and what didn't go.

Keep out: the contract's tables (results.py).
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from discovery_pipeline.cli.output import emit_json, note, say, table
from discovery_pipeline.domain.errors import UsageError

if TYPE_CHECKING:
    from discovery_pipeline.domain.vendors.rules import Vendor
    from discovery_pipeline.files.frames import TenantFrames
    from discovery_pipeline.services.export.vendors import VendorSummary

_REASONS_SHOWN = 5


def export_for_vendor(
    frames: TenantFrames, to: Path, vendor: Vendor, strategies: list[str], waves: list[int], json: bool
) -> None:
    """Write a vendor's import files and say what went, what was refused and the most frequent reasons.

    Raises UsageError for a strategy that there isn't.
    """
    from discovery_pipeline.domain.handoffs import Strategy
    from discovery_pipeline.domain.vendors.selection import VendorParams
    from discovery_pipeline.services.export.vendors import export_vendor

    unknown = sorted(set(strategies) - set(get_args(Strategy)))
    if unknown:
        raise UsageError("there is no such strategy", where=", ".join(unknown), advice=", ".join(get_args(Strategy)))
    chosen = frozenset(name for name in get_args(Strategy) if name in strategies)
    params = VendorParams(chosen or None, frozenset(waves) or None)
    summary = export_vendor(frames, to, vendor, params, lambda name: note(f"{frames.tenant}: writing {name}"))
    for line in summary.notes:
        note(f"{frames.tenant}: {line}")
    document = vendor_document(summary)
    if json:
        emit_json(document)
    else:
        _show(document)


def vendor_document(summary: VendorSummary) -> dict[str, Any]:
    """The export as one JSON document: files with rows, counts, reasons with the assets that they concern."""
    from discovery_pipeline.domain.vendors.readme import left_out_counts, quota_notes, reasons
    from discovery_pipeline.domain.vendors.rules import Outcome

    made = summary.export
    return {
        "tenant": summary.tenant,
        "folder": str(summary.folder.resolve()),
        "format": made.rules.vendor,
        "rules_as_of": made.rules.as_of.isoformat(),
        "files": [{"file": file.name, "rows": file.rows} for file in made.files],
        "selected": made.selected,
        "accepted": made.accepted,
        "set_apart": made.apart,
        "rejected": made.selected - made.accepted,
        "left_out": left_out_counts(made),
        "reasons": {outcome: reasons(made, outcome) for outcome in get_args(Outcome)},
        "quotas": quota_notes(made),
        "notes": list(summary.notes),
    }


def _show(document: dict[str, Any]) -> None:
    table(["file", "rows"], [[file["file"], f"{file['rows']:,}"] for file in document["files"]])
    apart = f", {document['set_apart']:,} of them in files of their own" if document["set_apart"] else ""
    say(
        f"{document['selected']:,} selected, {document['accepted']:,} written{apart}, {document['rejected']:,} rejected"
    )
    if document["left_out"]:
        counts = ", ".join(f"{count:,} {reason.replace('_', ' ')}" for reason, count in document["left_out"].items())
        say(f"left out: {counts}")
    for outcome, words in (("rejected", "rejected"), ("set_apart", "in files of their own")):
        for reason in document["reasons"][outcome][:_REASONS_SHOWN]:
            say(f"  {words}: {reason['assets']:,} x {reason['column']}: {reason['why']}")
    for line in document["quotas"]:
        note(line)
    say(f"written to {document['folder']}; see README.txt, rejected.csv, changed.csv and left-out.csv there")
