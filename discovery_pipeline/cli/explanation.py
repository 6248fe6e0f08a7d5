"""An explanation as people read it. Keep out: finding it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from discovery_pipeline.cli.output import cell_text, say, table

if TYPE_CHECKING:
    from discovery_pipeline.services.explain import Cell, Claim, Explanation, FieldExplanation

MAX_CLAIMS = 12


def show(explanation: Explanation) -> None:
    """The asset, its fields with their claims (competing ones first), its rows, its dependencies, its assessment."""
    kind = explanation.type
    say(f"{explanation.name}  ({explanation.asset_id}, tenant {explanation.tenant})")
    say(f"{kind['classified_type']}, confidence {cell_text(kind['confidence'])}")
    if explanation.note:
        say(f"note: {explanation.note}")
    for field in explanation.fields:
        show_field(field)
    _show_lineage(explanation)
    _show_dependencies(explanation.dependencies)
    if explanation.assessment:
        _show_assessment(explanation.assessment)


def show_field(field: FieldExplanation) -> None:
    """One field's value, the rule that chose it and every claim."""
    disputed = "  [sources disagree]" if field.disputed else ""
    say()
    say(f"{field.field} = {cell_text(field.value) or '(no value)'}{disputed}")
    if field.rule:
        say(f"  chosen by: {field.rule}")
    for claim in field.claims[:MAX_CLAIMS]:
        _show_claim(claim)
    if len(field.claims) > MAX_CLAIMS:
        say(f"  and {len(field.claims) - MAX_CLAIMS} more claims (all with --json)")
    if not field.claims:
        say("  no input row states it" + ("; derived" if field.value is not None else ""))


def _show_claim(claim: Claim) -> None:
    mark = "✓" if claim.chosen else "✗"
    why = "" if claim.chosen else f"  ({claim.rule})"
    repeated = "  (an exact repeat)" if claim.duplicate else ""
    say(f"  {mark} {cell_text(claim.value)}  from {_place(claim)}{why}{repeated}")
    for cell in claim.cells:
        _show_cell(cell)


def _show_cell(cell: Cell) -> None:
    mapping = f"mapped with confidence {cell.mapping_confidence:.2f}, {cell.mapping_status}"
    say(f"      column {cell.position} {cell.header!r} holds {cell.raw!r}  ({mapping})")
    for step in cell.steps:
        say(f"      {step.rule}: {step.before!r} -> {step.after!r}")


def _place(claim: Claim) -> str:
    table_name = f" [{claim.table}]" if claim.table not in claim.file else ""
    line = f", line {claim.line}" if claim.line is not None else ""
    return f"{claim.file}{table_name} row {claim.row}{line}"


def _show_lineage(explanation: Explanation) -> None:
    say()
    if not explanation.lineage:
        say("no input row describes this asset; other rows name it")
        return
    columns = ("source", "file", "table", "row", "line", "grain", "duplicate")
    table(columns, [[row[c] for c in columns] for row in explanation.lineage], title="input rows")


def _show_dependencies(dependencies: dict[str, Any]) -> None:
    for direction, title in (("depends_on", "depends on"), ("used_by", "used by")):
        side = dependencies.get(direction)
        if side and side["edges"]:
            kinds = ", ".join(f"{count} {kind}" for kind, count in side["kinds"].items())
            say()
            table(("name", "kind", "confidence", "evidence"), _edges(side["surest"]), title=f"{title}: {kinds}")


def _edges(edges: Iterable[dict[str, Any]]) -> list[list[object]]:
    return [[edge["name"], edge["kind"], edge["confidence"], edge["evidence"]] for edge in edges]


def _show_assessment(assessment: dict[str, Any]) -> None:
    wave = f", wave {assessment['wave']}" if assessment["wave"] is not None else ""
    say()
    say(f"strategy: {assessment['strategy']}, readiness {cell_text(assessment['readiness'])}{wave}")
    for reason in assessment["reasons"]:
        say(f"  - {reason}")
