"""Which sources a tenant wants believed, as people write it: "os_name = agent > cmdb; ownership = cmdb > list".

Keep out: what follows for a value (disputes.py, united.py); where it is kept.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from difflib import get_close_matches

from discovery_pipeline.domain.errors import UsageError
from discovery_pipeline.domain.inventory.values.precedence import SOURCE_KINDS, Preferences, precedence

NO_PREFERENCES = "default"
_FORM = "FIELD=SOURCE>SOURCE, several with ; between them or on lines of their own"


def parse_preferences(text: str, sources: Collection[str] | None = None) -> Preferences:
    """Per field or group of fields its sources, the best first; empty for "default".

    sources: the tenant's own, by name; None = any name is taken. Raises UsageError, naming what is possible, for a
    field, group or source that there isn't, one that is named twice, and for text of another form.
    """
    found: dict[str, tuple[str, ...]] = {}
    if text.strip() in ("", NO_PREFERENCES):
        return found
    for entry in filter(None, (part.strip() for part in re.split(r"[;\n]", text))):
        field, sign, rest = (part.strip() for part in entry.partition("="))
        names = tuple(name.strip() for name in rest.split(">"))
        if not sign or not all(names):
            raise UsageError(f"can't read {entry!r}", where="precedence", advice=_FORM)
        _check("field", field, (*precedence().group_of, *precedence().trust))
        for name in names if sources is not None else ():
            _check("source", name, (*SOURCE_KINDS, *(sources or ())))
        if field in found or len(set(names)) < len(names):
            twice = field if field in found else next(name for name in names if names.count(name) > 1)
            raise UsageError(f"{twice!r} is named twice", where="precedence", advice="name it once")
        found[field] = names
    return found


def preferences_text(preferences: Preferences) -> str:
    """The inverse of parse_preferences, by field."""
    entries = [f"{field}={'>'.join(names)}" for field, names in sorted(preferences.items())]
    return "; ".join(entries) or NO_PREFERENCES


def _check(what: str, name: str, known: Collection[str]) -> None:
    if name not in known:
        near = get_close_matches(name, known, n=3, cutoff=0.5)
        listed = ", ".join(near or sorted(known)[:20])
        raise UsageError(
            f"there is no {what} {name!r}",
            where="precedence",
            advice=f"{'did you mean' if near else 'one of'}: {listed}",
        )
