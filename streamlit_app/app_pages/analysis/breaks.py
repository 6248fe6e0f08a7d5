"""What moves of groups break, in sentences. Keep out: how it is found out (moved.py), and where it stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from discovery_pipeline.domain.analysis.waves.moved import Consequences
from streamlit_app import widgets
from streamlit_app.app_pages.analysis.shown import counted

_LISTED = 6
_LOADS = {"size": "assets", "tib": "TiB", "production": "production servers", "weight": "risk weight"}


def broken(found: Consequences) -> list[str]:
    """What breaks, in sentences of HTML, the worst first."""
    kinds = dict(found.crossing.group_by("crossing").len().iter_rows())
    wrong, first = kinds.pop("dependent_first", 0), kinds.pop("provider_first", 0)
    lines = []
    if wrong:
        lines.append(f"<b>{counted(wrong, 'need')} in the wrong order</b>: the provider would move after what needs it")
    if first:
        lines.append(f"{counted(first, 'need')} would cross waves until what depends on them has moved, too")
    if kinds:
        lines.append(f"{counted(sum(kinds.values()), 'need')} would lead to what stays or is retired")
    for row in found.over.iter_rows(named=True):
        amounts = f"{row['after']:,.1f}".removesuffix(".0"), f"{row['bound']:,.1f}".removesuffix(".0")
        lines.append(
            f"<b>Wave {row['wave']} over its limit</b>: {amounts[0]} {_LOADS[row['load']]}, {amounts[1]} are allowed"
        )
    lines += _some([_step(row) for row in found.steps.iter_rows(named=True)], "application")
    services = [
        f"{widgets.html_text(name)}, a shared service, would move apart from {counted(users, 'asset')} that use it"
        for name, users in found.services.iter_rows()
    ]
    lines += _some(services, "shared service")
    lines += [
        f"{widgets.html_text(label)}: wave {wave} lies in {widgets.html_text(why)}" for label, wave, why in found.frozen
    ]
    lines += [f"<b>Wave {wave} ends after the deadline</b> of the plan" for wave in found.late]
    return lines


def _step(row: Mapping[str, Any]) -> str:
    name, first, earlier = widgets.html_text(row["application"] or "an application"), row["first"], row["earlier"]
    if first == earlier:
        return f"<b>{name}</b>: a later environment would move in wave {first} together with an earlier one, untested"
    return f"<b>{name}</b>: a later environment would move in wave {first}, an earlier one only in wave {earlier}"


def _some(lines: Sequence[str], one: str) -> list[str]:
    """The first few, and how many there are besides."""
    more = len(lines) - _LISTED
    return [*lines[:_LISTED], *([f"and {counted(more, f'more {one}')}"] if more > 0 else [])]
