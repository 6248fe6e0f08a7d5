"""The canonical schema as the YAML declares it."""

import polars as pl
import pytest

from discovery_pipeline.domain.schema import RECORD_KINDS, clean_schema, fields, parse_field


@pytest.mark.parametrize(
    ("kind", "text", "base", "is_list", "choices"),
    [
        ("plain", "string", "string", False, ()),
        ("list", "list[ip]", "ip", True, ()),
        ("enum", "enum[bios, uefi]", "enum", False, ("bios", "uefi")),
    ],
)
def test_types_are_read(kind: str, text: str, base: str, is_list: bool, choices: tuple[str, ...]) -> None:
    field = parse_field(kind, {"type": text, "description": ""})
    assert (field.base, field.is_list, field.choices) == (base, is_list, choices)


@pytest.mark.parametrize("text", ["text", "list[thing]", "enum[]", "list[ip"])
def test_unknown_type_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"asset_schema\.yaml"):
        parse_field("f", {"type": text, "description": ""})


@pytest.mark.parametrize("record", RECORD_KINDS)
def test_every_field_has_a_description_and_a_column_type(record: str) -> None:
    assert all(field.description for field in fields(record).values())
    assert set(clean_schema(record)) == set(fields(record))


@pytest.mark.parametrize("name", [n for n in fields("asset") if n.endswith(("_mib", "_gib", "_mhz", "_pct"))])
def test_unit_in_the_name_is_the_unit_stored(name: str) -> None:
    suffix = {"mib": "MiB", "gib": "GiB", "mhz": "MHz", "pct": "percent"}[name.rsplit("_", 1)[1]]
    assert fields("asset")[name].unit == suffix
    assert fields("asset")[name].dtype == pl.Float64()
