"""What a tenant may be called. Every store that makes a folder or a row of the name asks here."""

from __future__ import annotations

import re

_TENANT_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")
TENANT_NAME_RULE = "1-63 of a-z 0-9 - _, starting with a letter or digit"


def is_tenant_name(name: str) -> bool:
    """Whether this may name a tenant: no separator, dot segment, drive or URL can be part of it."""
    return _TENANT_NAME.fullmatch(name) is not None
