"""Applications and the dependencies between them as Konveyor's hub reads them. Keep out: the rules (konveyor.yaml)."""

from __future__ import annotations

import re
from collections import defaultdict

import polars as pl

from discovery_pipeline.domain.vendors.circles import closing
from discovery_pipeline.domain.vendors.draft import Draft
from discovery_pipeline.domain.vendors.estate import BELIEVED, Estate
from discovery_pipeline.domain.vendors.issues import gathered, issues
from discovery_pipeline.domain.vendors.rules import VendorRules
from discovery_pipeline.domain.vendors.selection import Selection

APPLICATIONS, DEPENDENCIES = "applications", "dependencies"


def konveyor(estate: Estate, selection: Selection, rules: VendorRules) -> Draft:
    """A row per application; the believed dependencies between applications as rows of their own.

    An application that was proposed from traffic and names has no row in the inventory; it goes as well.
    """
    gone = selection.left_out.filter(pl.col("reason") != "type").select("asset_id")
    listed = estate.applications.select("name", "members", asset_id="application_id")
    living = listed.join(gone, on="asset_id", how="anti")
    frame = living.join(selection.taken.drop("name", strict=False), on="asset_id", how="left")
    ordered = frame.with_columns(pl.col("name").str.strip_chars()).sort(
        pl.col("name").str.to_lowercase(), "asset_id", nulls_last=True
    )
    tags = _tags(ordered, estate, rules)
    none = pl.lit(None, pl.String)
    empty = dict.fromkeys(rules.table(APPLICATIONS).names, none)
    rows = ordered.select("asset_id", "name", **{**empty, **_columns()}).drop(tags.columns[1:])
    columns = ["asset_id", "name", *rules.table(APPLICATIONS).names]
    applications = rows.join(tags, on="asset_id", how="left", maintain_order="left").select(columns)
    return Draft({APPLICATIONS: applications, DEPENDENCIES: _dependencies(ordered, estate, rules)}, gathered([]))


def _columns() -> dict[str, pl.Expr]:
    servers = pl.col("members").list.len()
    facts = [
        pl.when(servers > 0).then(pl.format("{} assets", servers)),
        pl.concat_str(pl.lit("strategy "), "strategy"),
        pl.concat_str(pl.lit("wave "), pl.col("wave").cast(pl.String)),
    ]
    comments = pl.concat_str(facts, separator="; ", ignore_nulls=True)
    owner = pl.concat_str("business_owner", pl.lit(" <"), pl.col("contact_email").str.to_lowercase(), pl.lit(">"))
    return {
        "Record Type 1": pl.lit("1"),
        "Application Name": pl.col("name"),
        "Description": pl.col("description"),
        "Comments": pl.when(comments != "").then(comments),
        "Business Service": pl.col("department"),
        "Owner": owner,
    }


def _tags(applications: pl.DataFrame, estate: Estate, rules: VendorRules) -> pl.DataFrame:
    """asset_id and the pairs of columns that are needed: what its members run, and what is planned."""
    words = rules.words["tags"]
    members = (
        applications.select(application="asset_id", asset_id="members")
        .explode("asset_id", empty_as_null=False)
        .drop_nulls()
    )
    runs = members.join(estate.inventory, on="asset_id").select(
        "application", pl.col("os_name").alias("os"), pl.col("database_engine").alias("database")
    )
    own = applications.select(
        pl.col("asset_id").alias("application"), "environment", "criticality", "strategy",
        pl.col("wave").cast(pl.String),
    )  # fmt: skip
    long = pl.concat([runs.unpivot(index="application"), own.unpivot(index="application")]).drop_nulls("value")
    order = {name: place for place, name in enumerate(words)}
    pairs = (
        long.with_columns(place=pl.col("variable").replace_strict(order, return_dtype=pl.Int64))
        .sort("application", "place", "value")
        # The hub compares names without case, blanks, dashes and underscores.
        .unique(["application", "place", pl.col("value").str.to_lowercase().str.replace_all(r"[-_\s]", "")],
                maintain_order=True)
        .with_columns(at=pl.int_range(1, pl.len() + 1).over("application"))
        .filter(pl.col("at") <= rules.quotas["tags_per_application"])
    )  # fmt: skip
    named = pairs.with_columns(
        category=pl.col("variable").replace_strict(words, return_dtype=pl.String),
    )
    wide = applications.select("asset_id")
    for n in range(1, int(named["at"].max() or 0) + 1):  # type: ignore[arg-type]
        one = named.filter(pl.col("at") == n).select(
            asset_id="application", **{f"Tag Category {n}": pl.col("category"), f"Tag {n}": pl.col("value")}
        )
        wide = wide.join(one, on="asset_id", how="left", maintain_order="left")
    return wide


def _dependencies(applications: pl.DataFrame, estate: Estate, rules: VendorRules) -> pl.DataFrame:
    """A row per pair of applications, the dependent first, by confidence, then by name."""
    names = applications.select("asset_id", "name")
    believed = estate.dependencies.filter(pl.col("kind") == "application", pl.col("confidence") >= BELIEVED)
    pairs = believed.group_by(asset_id="from_asset", provider="to_asset").agg(pl.col("confidence").max()).drop_nulls()
    known = (
        pairs.join(names, on="asset_id")
        .join(names.rename({"asset_id": "provider", "name": "needed"}), on="provider")
        .filter(pl.col("asset_id") != pl.col("provider"))
        .sort(["confidence", "name", "needed", "asset_id", "provider"], descending=[True, False, False, False, False])
    )
    none = pl.lit(None, pl.String)
    empty = dict.fromkeys(rules.table(DEPENDENCIES).names, none)
    filled = {
        "Record Type 1": pl.lit("2"),
        "Application Name": pl.col("name"),
        "Dependency": pl.col("needed"),
        "Dependency Direction": pl.lit("southbound"),
    }
    return known.select("asset_id", "name", "provider", **{**empty, **filled})


def fitting(dependencies: pl.DataFrame, applications: pl.DataFrame) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    """The checked dependencies that the hub takes beside these applications, and what is said of the others.

    Both ends have to be in the file under a name that finds them, and no circle may close.
    """
    present = pl.col("asset_id").is_in(applications["asset_id"].implode()) & pl.col("provider").is_in(
        applications["asset_id"].implode()
    )
    misled = _misled(applications.get_column("Application Name"))
    found = dependencies.with_columns(value=pl.format("{} needs {}", "Application Name", "Dependency"))
    lost = found.filter(~present)
    unclear = pl.any_horizontal(pl.col("Application Name", "Dependency").is_in(list(misled)))
    ambiguous = found.filter(present & unclear)
    rest = found.filter(present & ~unclear)
    closes = closing(rest.select(source="asset_id", target="provider"))
    said = [
        issues(lost, DEPENDENCIES, "Dependency", "end_missing", "rejected"),
        issues(ambiguous, DEPENDENCIES, "Dependency", "ambiguous_name", "rejected"),
        issues(rest.filter(closes), DEPENDENCIES, "Dependency", "circle", "rejected"),
    ]
    kept = rest.filter(~closes).drop("value")
    return kept.sort(pl.col("Application Name").str.to_lowercase(), pl.col("Dependency").str.to_lowercase()), said


def _misled(names: pl.Series) -> set[str]:
    """The names that, taken as a pattern of SQL's LIKE, find another application first.

    The hub takes the first application that `name LIKE ?` finds, in the order of the file; ASCII letters have no case.
    """
    by_length: dict[int, list[str]] = defaultdict(list)
    for name in names:
        by_length[len(name)].append(name)
    place = {name: index for index, name in enumerate(names)}
    misled = set()
    for name in (name for name in names if re.search("[%_]", name)):
        rivals = names.to_list() if "%" in name else by_length[len(name)]
        pattern = re.compile(
            "".join({"%": ".*", "_": "."}.get(c, re.escape(c)) for c in name), re.IGNORECASE | re.DOTALL
        )
        if any(place[rival] < place[name] and pattern.fullmatch(rival) for rival in rivals):
            misled.add(name)
    return misled
