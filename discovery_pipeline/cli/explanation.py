"""An explanation as people read it. Keep out: finding it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from discovery_pipeline.cli.assessment import show_assessment
from discovery_pipeline.cli.output import cell_text, say, table

if TYPE_CHECKING:
    from discovery_pipeline.services.inventory.explain import Cell, Claim, Explanation, FieldExplanation
    from discovery_pipeline.services.inventory.standing import Standing

MAX_PLACES = 12


def show(explanation: Explanation, whole: bool) -> None:
    """The asset and its fields with their claims, competing ones first.

    whole: also why it has its type, its rows, its dependencies and its assessment.
    """
    say(f"{explanation.name}  ({explanation.asset_id}, tenant {explanation.tenant})")
    if explanation.note:
        say(f"note: {explanation.note}")
    if explanation.told:
        say(f"merged or split by {explanation.told}")
    if whole:
        _show_type(explanation.type)
    for field in explanation.fields:
        show_field(field)
    if whole:
        _show_surroundings(explanation)


def _show_surroundings(explanation: Explanation) -> None:
    _show_lineage(explanation)
    _show_dependencies(explanation.dependencies)
    if explanation.assessment:
        show_assessment(explanation.assessment)


def _show_type(kind: dict[str, Any]) -> None:
    say(f"{kind['classified_type']}, confidence {kind['confidence']:.2f}{_by(kind['told'])}")
    for reason in kind["reasons"]:
        value = f" {reason['value']!r}" if reason["value"] is not None else ""
        say(f"  {reason['field']}{value} speaks for it with weight {cell_text(reason['weight'])}")


def show_field(field: FieldExplanation) -> None:
    """One field's value, the rule that chose it, and what the records say, told once where several say the same."""
    disputed = "  [sources disagree]" if field.disputed else ""
    say()
    say(f"{field.field} = {cell_text(field.value) or '(no value)'}{disputed}")
    if field.rule:
        why = f": {field.why}" if field.why and not field.told else ""
        say(f"  chosen by: {field.rule}{why}{_by(field.told)}")
    for claims in _told_once(field.claims):
        _show_claims(claims)
    if not field.claims:
        say("  no input row states it" + ("; derived from other fields or rows" if field.value is not None else ""))


def _by(told: str | None) -> str:
    return f" ({told})" if told else ""


def _told_once(claims: Iterable[Claim]) -> list[list[Claim]]:
    """Claims of one table that say the same for the same reason."""
    same: dict[tuple[object, ...], list[Claim]] = {}
    for claim in claims:
        cells = tuple((cell.position, cell.raw) for cell in claim.cells)
        key = (claim.source, claim.file, claim.table, str(claim.value), claim.chosen, claim.rule, cells, claim.standing)
        same.setdefault(key, []).append(claim)
    return list(same.values())


def _show_claims(claims: list[Claim]) -> None:
    first = claims[0]
    mark = "✓" if first.chosen else "✗"
    why = "" if first.chosen else f"  ({first.rule})"
    say(f"  {mark} {cell_text(first.value)}  from {_places(claims)}{why}")
    if first.standing:
        say(f"      {_standing(first.standing)}")
    for cell in first.cells:
        _show_cell(cell)


def _standing(standing: Standing) -> str:
    """The kind of the source, when it last saw the asset, and what its word counts."""
    seen = f", as of {standing.seen:%Y-%m-%d}" if standing.seen else ", without a date"
    behind = f", {standing.days_behind} days before the newest" if standing.days_behind else ""
    return f"source kind {standing.kind}{seen}{behind}; trust {standing.trust:.2f}"


def _show_cell(cell: Cell) -> None:
    mapping = f"mapped with confidence {cell.mapping_confidence:.2f}, {cell.mapping_status}"
    unused = "" if cell.used else "; not used here"
    say(f"      column {cell.position} {cell.header!r} holds {cell.raw!r}  ({mapping}{unused})")
    for step in cell.steps if cell.used else ():
        by = f" ({step.by})" if step.by else ""
        say(f"      {step.rule}{by}: {step.before!r} -> {step.after!r}")


def _places(claims: list[Claim]) -> str:
    first = claims[0]
    table_name = f" [{first.table}]" if first.table not in first.file else ""
    rows = [_row(claim) for claim in claims[:MAX_PLACES]]
    more = f" and {len(claims) - MAX_PLACES} more rows" if len(claims) > MAX_PLACES else ""
    return f"{first.file}{table_name} {'; '.join(rows)}{more}"


def _row(claim: Claim) -> str:
    line = f", line {claim.line}" if claim.line is not None else ""
    return f"row {claim.row}{line}" + (" (an exact repeat)" if claim.duplicate else "")


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
