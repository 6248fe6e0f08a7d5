"""Rules for the time of day behind a date that is already year first: padding, AM and PM, zones to UTC."""

from __future__ import annotations

import polars as pl

from discovery_pipeline.domain.cleansing.rules import TEXT, Rule, replaced

# Hours to add for UTC. IST is left out, since it names three zones; CST is the American one.
_ZONES = {
    "utc": 0, "gmt": 0, "z": 0, "wet": 0, "bst": -1, "cet": -1, "west": -1, "mez": -1,
    "cest": -2, "eet": -2, "mesz": -2, "eest": -3,
    "edt": 4, "est": 5, "cdt": 5, "cst": 6, "mdt": 6, "mst": 7, "pdt": 7, "pst": 8,
}  # fmt: skip
_TIME = (
    r"^(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ,]+(\d{1,2})[:.](\d{1,2})(?:[:.](\d{1,2})(?:[.,](\d{1,6})\d*)?)?)?[ ,]*(.*)$"
)
_PADDED = r"^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)?) ?"
_OFFSET = r"(?:utc|gmt)?([+-])(\d\d?):?(\d\d)?$"


def clock_rules() -> tuple[Rule, ...]:
    """The rules, in their order."""
    return (_padded(), *_meridiem(), _midnight(), *_zones())


def _padded() -> Rule:
    def part(index: int) -> pl.Expr:
        return TEXT.str.extract(_TIME, index).fill_null("0").str.zfill(2)

    fraction = TEXT.str.extract(_TIME, 7)
    suffix = TEXT.str.extract(_TIME, 8)
    clock = pl.format(
        "{}-{}-{} {}:{}:{}{} {}", TEXT.str.extract(_TIME, 1), part(2), part(3), part(4), part(5), part(6),
        pl.when(fraction.is_not_null()).then(pl.lit(".") + fraction).otherwise(pl.lit("")), suffix,
    )  # fmt: skip
    return Rule("date_to_iso", TEXT.str.contains(_TIME), clock.str.strip_chars_end(" "))


def _meridiem() -> tuple[Rule, ...]:
    pattern = r"(?i)^(\d{4}-\d\d-\d\d) (\d\d)(:\d\d:\d\d(?:\.\d+)?) ([ap])\.? ?m\.?(.*)$"
    hour = TEXT.str.extract(pattern, 2).cast(pl.Int64) % 12
    after_noon = TEXT.str.extract(pattern, 4).str.to_lowercase() == "p"
    moved = hour + pl.when(after_noon).then(12).otherwise(0)
    clock = pl.format(
        "{} {}{}{}",
        TEXT.str.extract(pattern, 1),
        moved.cast(pl.String).str.zfill(2),
        TEXT.str.extract(pattern, 3),
        TEXT.str.extract(pattern, 5),
    )
    return (Rule("clock_12h", TEXT.str.contains(pattern), clock),)


def _midnight() -> Rule:
    day = TEXT.str.extract(r"^(\d{4}-\d\d-\d\d) 24:00:00", 1).str.to_date("%Y-%m-%d", strict=False)
    return Rule(
        "clock_24_to_next_day",
        TEXT.str.contains(r"^.{10} 24:00:00"),
        (day + pl.duration(days=1)).dt.strftime("%Y-%m-%d 00:00:00"),
    )


def _zones() -> tuple[Rule, ...]:
    names = "|".join(sorted(_ZONES, key=lambda name: (-len(name), name)))
    named = TEXT.str.extract(rf"(?i){_PADDED}\(?({names})\)?$", 2).str.to_lowercase()
    hours = named.replace_strict(_ZONES, default=None, return_dtype=pl.Int64)
    offset = rf"(?i){_PADDED}{_OFFSET}"
    minutes = TEXT.str.extract(offset, 3).cast(pl.Int64) * 60 + TEXT.str.extract(offset, 4).fill_null("0").cast(
        pl.Int64
    )
    signed = pl.when(TEXT.str.extract(offset, 2) == "+").then(-minutes).otherwise(minutes)
    return (
        replaced("zone_note_dropped", rf"{_PADDED}(.*\d|[A-Z]+) \(?[A-Za-z ]+\)?$", "${1} ${2}"),
        Rule("zone_to_utc", hours.is_not_null(), _shifted(hours * 60)),
        Rule("zone_to_utc", TEXT.str.contains(offset), _shifted(signed)),
        # It may be Indian, Irish or Israeli: the day is right without it, and the hour no worse than without a zone.
        replaced("zone_ambiguous_dropped", rf"(?i){_PADDED}ist$", "${1}"),
        replaced("zone_region_dropped", rf"{_PADDED}(?:[A-Z][a-z]+/[A-Za-z_]+)$", "${1}"),
    )


def _shifted(minutes: pl.Expr) -> pl.Expr:
    local = TEXT.str.extract(_PADDED, 1).str.to_datetime("%Y-%m-%d %H:%M:%S%.f", strict=False, time_unit="us")
    utc = (local + pl.duration(minutes=minutes)).dt.strftime("%Y-%m-%d %H:%M:%S%.6f")
    return utc.str.replace(r"\.0+$", "")
