"""What may name a tenant, an asset, a part, a version or a file in a store, and the refusal of everything else.

Names are allow-lists, so that no separator, dot segment, drive or URL can be part of one. Keep out: reading, writing.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Literal

from discovery_pipeline.domain.errors import IsolationViolation

Kind = Literal["tenant", "asset", "part", "version", "file"]

_ALLOWED: dict[Kind, tuple[re.Pattern[str], str]] = {
    "tenant": (re.compile(r"[a-z0-9][a-z0-9_-]{0,62}"), "1-63 of a-z 0-9 - _, starting with a letter or digit"),
    # No double underscore: DuckDB's view names join asset and part with it.
    "asset": (re.compile(r"(?=.{1,63}\Z)[a-z][a-z0-9]*(_[a-z0-9]+)*"), "words of a-z 0-9 joined by single _"),
    "part": (re.compile(r"(?=.{1,63}\Z)[a-z][a-z0-9]*(_[a-z0-9]+)*"), "words of a-z 0-9 joined by single _"),
    "version": (re.compile(r"[0-9]{6,12}-[0-9a-f]{8}"), "an id that publish() returned"),
    "file": (re.compile(r"(?!.*\.\.)[A-Za-z0-9][A-Za-z0-9._-]{0,126}"), "letters, digits, single dots, - and _"),
}


def is_allowed(kind: Kind, name: str) -> bool:
    """Whether `name` may name a thing of this kind."""
    return _ALLOWED[kind][0].fullmatch(name) is not None


def checked(kind: Kind, name: str) -> str:
    """`name`, unchanged. Raises IsolationViolation when it isn't allowed for this kind."""
    if not is_allowed(kind, name):
        raise IsolationViolation(f"{name!r} is not a name of a {kind}", where="frames", advice=_ALLOWED[kind][1])
    return name


def without_links(root: Path, *names: str) -> Path:
    """The path of `names` below `root`, which is resolved.

    Raises IsolationViolation when a symbolic link on the way would lead somewhere else.
    """
    base = Path(os.path.realpath(root))
    path = base.joinpath(*names)
    if os.path.realpath(path) != str(path):
        raise IsolationViolation(
            f"{path} leads to another place through a symbolic link",
            where="frames",
            advice="remove the link; frames are only read from their tenant's own folder",
        )
    return path
