"""What a column holds, as HTML: its values, its figures, what stands beside it, what was said about it."""

from __future__ import annotations

from collections.abc import Iterator

from discovery_pipeline.services.mapping.corrections import Corrected
from discovery_pipeline.services.mapping.review import ReviewColumn
from streamlit_app.widgets import clock, html_text, percent

_SHAPES = 3


def place_html(column: ReviewColumn) -> str:
    """Its header, and where it stands."""
    header = html_text(column.header) or "<i>no header</i>"
    place = f"{html_text(column.file)} › {html_text(column.table)} · column {column.position + 1}"
    return (
        f'<div class="d-title" role="heading" aria-level="2" title="{html_text(column.header)}">{header}</div>'
        f'<div class="d-quiet">{place}{_between(column)}</div>'
    )


def values_html(column: ReviewColumn) -> str:
    """The most frequent values, and what is known of all of them."""
    chips = "".join(f'<span class="d-chip">{html_text(sample)}</span>' for sample in column.samples)
    facts = "".join(f"<div><span>{name}</span>{value}</div>" for name, value in _facts(column))
    return (
        f"<div>{chips or '<span class=d-quiet>Every cell is empty.</span>'}</div>"
        f'<div class="d-facts" style="margin-top:.5rem">{facts}</div>'
    )


def history_html(column: ReviewColumn) -> str:
    """Who said what about it and when, the newest first; "" where nobody did."""
    if not column.history:
        return ""
    said = "".join(f"<li>{_said(one)}</li>" for one in reversed(column.history))
    return f'<div class="d-effect"><b>What was said about it</b></div><ul class="d-why">{said}</ul>'


def _between(column: ReviewColumn) -> str:
    before, after = (html_text(header) for header in column.between)
    if before and after:
        return f", between {before} and {after}"
    return f", before {after}" if after else f", after {before}" if before else ""


def _facts(column: ReviewColumn) -> Iterator[tuple[str, str]]:
    profile = column.profile
    share = percent(column.filled / column.rows) if column.rows else percent(0)
    yield "Filled", f"{column.filled:,} of {column.rows:,} rows, {share}"
    if not column.filled:
        return
    distinct = min(column.distinct, column.filled)  # counted by a sketch, which may be a little above
    yield "Distinct", f"{distinct:,}" + (", so one a row" if column.distinct == column.filled > 1 else "")
    shapes = sorted(profile.shares.items(), key=lambda shape: (-shape[1], shape[0]))[:_SHAPES]
    if shapes:
        yield "Look like", ", ".join(f"{html_text(name.replace('_', ' '))} {percent(part)}" for name, part in shapes)
    if profile.low is not None and profile.middle is not None and profile.high is not None:
        low, middle, high = map(_number, (profile.low, profile.middle, profile.high))
        yield "Numbers", f"{low} to {high}, half of them up to {middle}"
    length = f"{profile.mean_length:.0f}"
    yield "Length", f"{length} character{'' if length == '1' else 's'} on average"
    if profile.placeholders:
        yield "Say nothing", percent(profile.placeholders)


def _number(value: float) -> str:
    return f"{value:,.0f}" if value.is_integer() or abs(value) >= 1000 else f"{value:,.4g}"


def _said(one: Corrected) -> str:
    who, when = html_text(one.author), clock(one.made_at)
    what = "taken back" if one.action == "undone" else f"<b>{one.field or 'no field'}</b>"
    reason = f": {html_text(one.reason)}" if one.reason else ""
    return f'{what} by {who}, {when}{reason} <span class="d-quiet">(no. {one.number})</span>'
