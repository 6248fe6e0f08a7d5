"""What a proposal would change, in words. Keep out: finding it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from discovery_pipeline.services.learning.preview.at_once import AtOnce, ThingEffect
from discovery_pipeline.services.learning.preview.differences import Change, Changes
from discovery_pipeline.services.learning.preview.named_tables import ColumnEffect
from discovery_pipeline.services.learning.preview.what_if import WhatIf
from streamlit_app.widgets import html_text

# Columns of a bulk acceptance whose own effect is told.
_SHOWN = 5
_GROUPS = {
    "columns": ("column is mapped otherwise", "columns are mapped otherwise"),
    "assets_added": ("asset appears", "assets appear"),
    "assets_vanished": ("asset goes", "assets go"),
    "assets_changed": ("value of the inventory changes", "values of the inventory change"),
    "edges_added": ("dependency appears", "dependencies appear"),
    "edges_removed": ("dependency goes", "dependencies go"),
    "edges_changed": ("dependency is surer or less sure", "dependencies are surer or less sure"),
    "strategies": ("strategy changes", "strategies change"),
    "waves": ("asset moves to another wave", "assets move to another wave"),
    "findings_new": ("new finding", "new findings"),
    "findings_gone": ("finding goes", "findings go"),
}


def named_html(effect: AtOnce) -> str:
    """What is named, by itself: told at once."""
    changing = [column for column in effect.columns if column.changed or column.before != column.after]
    shown = (changing or list(effect.columns))[:_SHOWN]
    parts = [_column(column) for column in shown] + [_thing(thing) for thing in effect.things]
    rest = len(effect.columns) - len(shown)
    if rest > 0:
        still = "" if len(changing) > _SHOWN else ", of which no cell is read otherwise"
        parts.append(f"and {_counted(rest, 'column', 'columns')}{still}")
    return f'<div class="d-effect">{"".join(f"<div>{part}</div>" for part in parts)}</div>'


def consequences_html(effect: WhatIf) -> str:
    """What a run would make of it."""
    told = [_group(name, changes) for name, changes in effect.groups.items() if changes.count]
    before, after = effect.set_aside
    if before != after:
        told.append(f"<b>{after:,} rows set aside</b> for want of an identity, {before:,} now")
    if not told:
        told = ["A run would change nothing else: no asset, dependency, strategy or finding."]
    if effect.waiting:
        wait = _counted(effect.waiting, "decision", "decisions")
        told.append(f'<span class="d-quiet">Together with {wait} waiting already.</span>')
    return f'<div class="d-effect"><div><b>After a run</b></div>{"".join(f"<div>{part}</div>" for part in told)}</div>'


def _column(column: ColumnEffect) -> str:
    what = f"<b>{html_text(column.header) or 'no header'}</b>: {_field(column.before)}"
    if not column.is_known:
        return f"{what}, then what the run finds; nobody has decided it any more"
    filled = f"{column.filled:,} of {column.rows:,} rows filled"
    if not column.changed and column.before == column.after:
        return f"<b>{html_text(column.header) or 'no header'}</b> stays {_field(column.after)}; {filled}"
    if not column.changed:
        return f"{what} → {_field(column.after)}; {filled}, every cell is cleansed to the same"
    values = _counted(column.changed, "value", "values")
    lost = f", {column.lost:,} of them to nothing" if column.lost else ""
    rows = _counted(column.changed_rows, "row", "rows")
    head = f"{what} → {_field(column.after)}; {filled}, {values} in {rows} cleansed otherwise{lost}"
    return head + _list(f"{_value(c.raw)}: {_value(c.before)} → {_value(c.after)}" for c in column.sample)


def _thing(thing: ThingEffect) -> str:
    after = "what the run finds" if thing.after is None else thing.after
    return f"<b>{html_text(thing.about)}</b>: {html_text(thing.before or 'unknown')} → {html_text(after)}"


def _group(name: str, changes: Changes) -> str:
    by = ", ".join(f"{count:,} {html_text(what)}" for what, count in list((changes.by or {}).items())[:_SHOWN])
    more = f' <span class="d-quiet">({by})</span>' if by else ""
    return f"<b>{_counted(changes.count, *_GROUPS[name])}</b>{more}{_list(map(_change, changes.sample))}"


def _change(change: Change) -> str:
    what = f" <i>{html_text(change.what)}</i>" if change.what else ""
    if change.before is None and change.after is None:
        return f"{html_text(change.about)}{what}"
    return f"{html_text(change.about)}{what}: {_value(change.before)} → {_value(change.after)}"


def _list(items: Iterable[str]) -> str:
    shown: Sequence[str] = list(items)
    return f'<ul class="d-why">{"".join(f"<li>{item}</li>" for item in shown)}</ul>' if shown else ""


def _field(field: str | None) -> str:
    return f"<b>{field}</b>" if field else "<b>no field</b>"


def _value(text: str | None) -> str:
    return html_text(text) if text else "<i>nothing</i>"


def _counted(count: int, one: str, many: str) -> str:
    return f"{count:,} {one if count == 1 else many}"
