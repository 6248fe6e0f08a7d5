"""What may name a tenant, an asset, a part, a version or a file in a store, and the refusal of everything else.

Names are allow-lists, so that no separator, dot segment, drive or URL can be part of one. Keep out: reading, writing.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Literal

from discovery_pipeline.domain.errors import IsolationViolation
from discovery_pipeline.domain.tenancy import TENANT_NAME_RULE, is_tenant_name

Kind = Literal["tenant", "asset", "part", "version", "file"]

# No double underscore: DuckDB's view names join asset and part with it.
_WORDS = re.compile(r"(?=.{1,63}\Z)[a-z][a-z0-9]*(_[a-z0-9]+)*").fullmatch
_VERSION = re.compile(r"[0-9]{6,12}-[0-9a-f]{8}").fullmatch
_FILE = re.compile(r"(?!.*\.\.)[A-Za-z0-9][A-Za-z0-9._-]{0,126}").fullmatch
_ALLOWED: dict[Kind, tuple[Callable[[str], object], str]] = {
    "tenant": (is_tenant_name, TENANT_NAME_RULE),
    "asset": (_WORDS, "words of a-z 0-9 joined by single _"),
    "part": (_WORDS, "words of a-z 0-9 joined by single _"),
    "version": (_VERSION, "an id that publish() returned"),
    "file": (_FILE, "letters, digits, single dots, - and _"),
}


def is_allowed(kind: Kind, name: str) -> bool:
    """Whether `name` may name a thing of this kind."""
    return bool(_ALLOWED[kind][0](name))


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
