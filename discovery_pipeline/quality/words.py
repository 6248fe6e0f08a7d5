"""Checks and rules in the words of people. Keep out: which there are (suites)."""

from __future__ import annotations

from discovery_pipeline.quality.rules import Rule

_SHOWN_CHOICES = 6
# How facts are called that are shares of 1.
_SHARES = ("_share", "_rate")


def title(name: str) -> str:
    """The name of a check, rule or fact as people read it: rows_conserved -> Rows conserved."""
    return name.replace("_", " ").capitalize()


def expected(rule: Rule) -> str:
    """What a rule asks of its column or fact."""
    match rule.kind:
        case "not_null":
            return "never empty"
        case "unique":
            return "each value once"
        case "in_set":
            more = f" and {len(rule.choices) - _SHOWN_CHOICES} more" if len(rule.choices) > _SHOWN_CHOICES else ""
            return f"one of {', '.join(rule.choices[:_SHOWN_CHOICES])}{more}"
        case "between":
            return _between(rule.column, rule.low, rule.high)
        case "dated":
            return f"a day of the years {rule.low or 1:.0f} to {rule.high or 9999:.0f}"
        case "matches":
            return "each item written in its one form" if rule.items else "written in its one form"


def figure(column: str, value: float) -> str:
    """A measured fact: shares and rates in percent, whole numbers without decimals."""
    if column.endswith(_SHARES):
        return f"{100 * value:.3g} %"
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.4g}"


def _between(column: str, low: float | None, high: float | None) -> str:
    shown = [figure(column, bound) for bound in (low, high) if bound is not None]
    if not shown:
        return "any number"
    if low is not None and low == high:
        return shown[0]
    if not low and high is not None and column.endswith(_SHARES):
        return f"at most {shown[-1]}"
    if len(shown) == 2:
        return " to ".join(shown)
    return f"at least {shown[0]}" if high is None else f"at most {shown[0]}"
