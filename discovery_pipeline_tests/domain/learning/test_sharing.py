"""What may leave a tenant: a header of packaged words, the field, the kind of record, the tool; nothing else."""

from __future__ import annotations

from dataclasses import astuple, replace

import pytest

from discovery_pipeline.domain.learning.corrections import NewCorrection
from discovery_pipeline.domain.learning.patterns import fold
from discovery_pipeline.domain.learning.sharing import SharedLesson, is_of_packaged_words, shareable
from discovery_pipeline_tests.domain.learning.corrected import OWNER, VALUE, elsewhere, mapped, numbered, undoing

LESSON = SharedLesson("managed by", "asset", "", "technical_owner")
OF_TOOL = replace(OWNER, context={**OWNER.context, "product": "servicenow"})


def shared(*decided: NewCorrection) -> tuple[SharedLesson, ...]:
    return shareable(fold(numbered(decided)))


def of_record(record: str) -> NewCorrection:
    return replace(OWNER, context={**OWNER.context, "record": record})


@pytest.mark.parametrize(
    ("decided", "lessons"),
    [
        ([OWNER], [LESSON]),
        ([OF_TOOL], [replace(LESSON, product="servicenow")]),
        ([OWNER, elsewhere(OWNER, table="vms"), elsewhere(OWNER, source="sap", occurrence=1)], [LESSON]),
        ([OWNER, elsewhere(mapped("department"), table="x")], [replace(LESSON, field="department"), LESSON]),
        ([OWNER, mapped("business_owner", "bob")], [replace(LESSON, field="business_owner")]),
    ],
    ids=["one", "of a tool", "said of several tables", "one field here and another there", "overruled"],
)
def test_what_holds_is_shared_once(decided: list[NewCorrection], lessons: list[SharedLesson]) -> None:
    assert list(shared(*decided)) == lessons


@pytest.mark.parametrize(
    "decided",
    [
        [mapped(None)],
        [VALUE],
        [replace(VALUE, kind="type", target={"asset_id": "srv-secret"}, said={"type": "storage"})],
        [OWNER, undoing(1, OWNER)],
        [elsewhere(OWNER, "Kunde Müller")],
        [elsewhere(OWNER, "→name")],
        [elsewhere(OWNER, "")],
        [replace(OF_TOOL, context={**OF_TOOL.context, "product": "Müller's own tool"})],
        [of_record("asset of Müller")],
        [of_record("connection")],
        [mapped("no field of the schema")],
    ],
    ids=[
        "no field", "a value", "an asset's type", "undone", "a name", "a blank header", "no header", "an unknown tool",
        "an unknown kind", "a field of another kind", "an unknown field",
    ],
)  # fmt: skip
def test_nothing_else_is(decided: list[NewCorrection]) -> None:
    assert shared(*decided) == ()


def test_a_denial_is_not_shared() -> None:
    assert "business_owner" not in {lesson.field for lesson in shared(OWNER)}


def test_nobody_is_named_and_nothing_quoted() -> None:
    """Whatever the correction says besides, what is shared of it is the same."""
    private = replace(
        OWNER, author="Secret Person", reason="secret reason", was={**OWNER.was, "value": "secret cell"},
        said={**OWNER.said, "unit": "secret unit", "transform": "secret transform"},
        context={**OWNER.context, "file": "secret.csv", "header": "secret MANAGED_BY", "more": "secret"},
        target={**OWNER.target, "source": "secret feed", "series": "secret.csv", "table": "secret"},
    )  # fmt: skip
    assert shared(private) == shared(OWNER) == (LESSON,)
    assert not any("secret" in str(text).lower() for lesson in shared(private) for text in astuple(lesson))


@pytest.mark.parametrize(
    "header", ["managed by", "ram gb", "ip address 2", "betriebssystem", "サーバ", "owner of the server", "os"]
)
def test_words_that_ship_with_the_product_may_leave(header: str) -> None:
    assert is_of_packaged_words(header)


@pytest.mark.parametrize(
    "header",
    [
        "kunde müller", "owner schmidt", "managed by anna", "contoso id", "vm 4711", "owner 12", "x@acme.test", "zzyzx",
        "srv db 0815 prod", "managd by", "", "→managed by", "ownerschmidt",
    ],
)  # fmt: skip
def test_other_words_may_not(header: str) -> None:
    """Nor do numbers, misspellings and compounds: names are made of words too."""
    assert not is_of_packaged_words(header)
