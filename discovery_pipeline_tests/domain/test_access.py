from __future__ import annotations

import pytest

from discovery_pipeline.domain.access import ROLES, Role, checked_email, checked_role, reaches
from discovery_pipeline.domain.errors import UsageError


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("needed", ROLES)
def test_a_role_includes_those_before_it(role: Role, needed: Role) -> None:
    assert reaches(role, needed) == (ROLES.index(role) >= ROLES.index(needed))
    assert not reaches(None, needed)


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        pytest.param("ada@example.com", "ada@example.com", id="as it is"),
        pytest.param("  Ada.Byron@Example.COM\n", "ada.byron@example.com", id="blanks and capitals"),
        pytest.param("a+b_c@x-y.example", "a+b_c@x-y.example", id="signs"),
        pytest.param("root@localhost", "root@localhost", id="a host alone"),
    ],
)
def test_an_address_has_one_spelling(said: str, kept: str) -> None:
    assert checked_email(said) == kept


@pytest.mark.parametrize(
    "said",
    [
        "", "ada", "@example.com", "ada@", "a b@example.com", "a@b@example.com", "ada@example..com", "ada@-example.com",
        "ａda@example.com", "ada@example\u212a.com", "ada@example.com\nbo@example.com", f"{'a' * 250}@example.com",
        "ada@example.com, bo@example.com", "<ada@example.com>",
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused(said: str) -> None:
    with pytest.raises(UsageError, match="is not an e-mail address in ASCII"):
        checked_email(said)


def test_a_role_that_there_is_not_is_refused() -> None:
    assert checked_role("viewer") == "viewer"
    with pytest.raises(UsageError, match=r"'owner' is not a role.*viewer, analyst, admin"):
        checked_role("owner")
