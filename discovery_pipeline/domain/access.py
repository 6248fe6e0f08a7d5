"""Who may do what with a tenant, and how an e-mail address names a person. Keep out: where grants are kept."""

from __future__ import annotations

import re
from typing import Literal, get_args

from discovery_pipeline.domain.errors import UsageError

# viewer: sees. analyst: decides and starts runs too. admin: says who may.
Role = Literal["viewer", "analyst", "admin"]
ROLES: tuple[Role, ...] = get_args(Role)
# RFC 5321's longest path.
LONGEST_EMAIL = 254
# ASCII only: letters of other alphabets that look or fold alike would let one person pass for another.
_EMAIL = re.compile(
    r"[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*"
)


def reaches(role: Role | None, needed: Role) -> bool:
    """Whether a role includes what another may do; None = no role at all."""
    return role is not None and ROLES.index(role) >= ROLES.index(needed)


def checked_role(text: str) -> Role:
    """The role. Raises UsageError for another word."""
    if text not in ROLES:
        raise UsageError(f"{text!r} is not a role", advice=f"one of: {', '.join(ROLES)}")
    return text


def checked_email(text: str) -> str:
    """The address in the one spelling that is compared: without blanks around it, in lower case.

    Raises UsageError for what is not an address in ASCII.
    """
    email = text.strip()
    if not email.isascii() or len(email) > LONGEST_EMAIL or not _EMAIL.fullmatch(email.lower()):
        raise UsageError(f"{email[:80]!r} is not an e-mail address in ASCII", advice="for example ada@example.com")
    return email.lower()
