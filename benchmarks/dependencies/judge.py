"""Edges beside the truth: at the level of applications and of servers, by kind, and what shared services glue.

A database instance stands for its server but in hosting. Edges of machines that were retired in the time of the records
count neither way, nor do edges between applications that share a server or a database server.
Keep out: applications' members and move groups (members), confidence (trust).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import polars as pl

from benchmarks.dependencies.pipeline import Made
from discovery_pipeline_tests.sample_tenants import score

BELIEVED = 0.5
_PAIR = ["source", "target"]
# What makes two applications neighbours without one needing the other: whoever tells an edge of them is not wrong.
_MOOT = ("shared database", "one server")


@dataclass(frozen=True)
class Labels:
    """The truth of a world: edges, members (applications.parquet), names, and what every estate has."""

    edges: pl.DataFrame
    members: pl.DataFrame
    names: pl.DataFrame
    base: score.Truth

    @classmethod
    def of(cls, folder: Path) -> Labels:
        frames = {name: pl.read_parquet(folder / f"{name}.parquet") for name in
                  ("assets", "records", "dependencies", "mappings", "applications", "names")}  # fmt: skip
        base = score.Truth(**{n: frames[n] for n in ("assets", "records", "dependencies", "mappings")})
        return cls(frames["dependencies"], frames["applications"], frames["names"], base)


@dataclass(frozen=True)
class Judged:
    """One run beside its truth."""

    made: Made
    labels: Labels

    @cached_property
    def ids(self) -> pl.DataFrame:
        """asset_id, true_id: by records, else by name; applications by any spelling of theirs."""
        inventory = self.made.inventory
        known = score.true_ids(inventory, self.made.run.lineage.filter(record="asset"), self.labels.base)
        others = inventory.join(known, on="asset_id", how="anti").filter(classified_type="application")
        spelt = others.select("asset_id", name=pl.coalesce("hostname", pl.col("application_name").list.first())
                              .str.to_lowercase())  # fmt: skip
        return pl.concat([known, spelt.join(self.labels.names, on="name").select("asset_id", "true_id")])

    @cached_property
    def servers_of(self) -> pl.DataFrame:
        """instance, server: true ids."""
        hosting = self.labels.edges.filter(kind="hosting").select(instance="from", server="to")
        databases = self.labels.base.assets.filter(type="database").select(instance="true_id")
        return hosting.join(databases, on="instance")

    @cached_property
    def found(self) -> pl.DataFrame:
        """DEPENDENCIES plus source, target: true ids (else asset ids), "" for none; instances as their servers."""
        ids = self.ids
        edges = self.made.graph.dependencies.with_row_index("edge")
        edges = edges.join(ids.rename({"asset_id": "from_asset", "true_id": "source"}), on="from_asset", how="left")
        edges = edges.join(ids.rename({"asset_id": "to_asset", "true_id": "target"}), on="to_asset", how="left")
        edges = edges.with_columns(
            source=pl.coalesce("source", "from_asset"),
            target=pl.coalesce("target", "to_asset", "to_address").fill_null(""),
        )
        return self._of_servers(edges).filter(pl.col("source") != pl.col("target")).sort("edge")

    def _of_servers(self, edges: pl.DataFrame) -> pl.DataFrame:
        for end in _PAIR:
            edges = edges.join(self.servers_of.rename({"instance": end}), on=end, how="left", maintain_order="left")
            whole = pl.when(pl.col("kind") == "hosting").then(end).otherwise(pl.coalesce("server", end))
            edges = edges.with_columns(whole.alias(end)).drop("server")
        return edges

    @cached_property
    def true(self) -> pl.DataFrame:
        """source, target, kinds (list), level, required, what; of external edges target is the address."""
        edges = self.labels.edges.with_columns(
            source="from", target=pl.when(pl.col("to") == "").then("to_address").otherwise("to")
        )
        return edges.select(
            *_PAIR, "kind", "level", "what", "told", kinds=pl.col("kinds").str.split("|"),
            required=pl.col("required") == "1",
        )  # fmt: skip

    @cached_property
    def verdicts(self) -> pl.DataFrame:
        """found plus right, counted (false: don't care), and the true edge's what and kinds."""
        true = self.true.select(*_PAIR, "level", "what", "kinds")
        level = pl.when(pl.col("kind").is_in(["application", "hosting"])).then("kind").otherwise(pl.lit("tier"))
        joined = self.found.with_columns(level=level).join(true, on=[*_PAIR, "level"], how="left")
        if joined.height != self.found.height:
            joined = joined.unique("edge", keep="first", maintain_order=True)
        agrees = pl.col("kinds").list.contains(pl.col("kind")).fill_null(value=False)
        application = pl.col("kind") == "application"
        open_to = (pl.col("what") == "gone") | (pl.col("what").is_in(_MOOT) & application)
        return joined.with_columns(right=agrees, counted=~open_to.fill_null(value=False)).sort("edge")

    def level(self, kind: str) -> score.EdgeScore:
        """Pairs believed to be of a kind beside those that are; a pair of several right kinds is met by any."""
        believed = self.verdicts.filter(pl.col("confidence") >= BELIEVED)
        made = believed.filter(pl.col("kind") == kind, "counted").unique(_PAIR)
        required = self.true.filter(pl.col("required"), pl.col("kind") == kind).unique(_PAIR)
        met = required.join(believed.filter("right").unique(_PAIR), on=_PAIR, how="semi").height
        right = made.filter("right").height
        return score.EdgeScore(right, made.height, required.height, met)

    def missed(self, kind: str) -> pl.DataFrame:
        """Required pairs of a kind that nothing right is believed of."""
        believed = self.verdicts.filter(pl.col("confidence") >= BELIEVED, "right")
        return self.true.filter(pl.col("required"), pl.col("kind") == kind).join(believed, on=_PAIR, how="anti")

    @cached_property
    def confusion(self) -> pl.DataFrame:
        """kind (true, required; "-" = no such edge), found (believed; "-" = nothing), len: of pairs."""
        believed = self.verdicts.filter(pl.col("confidence") >= BELIEVED, "counted")
        best = believed.sort("right", "confidence", "kind", descending=[True, True, False]).unique(
            _PAIR, keep="first", maintain_order=True
        )
        true = self.true.unique(_PAIR, keep="first", maintain_order=True)
        met = best.join(true.rename({"kind": "true_kind", "kinds": "all"}), on=_PAIR, how="left")
        told = met.select(
            kind=pl.when("right").then("kind").otherwise(pl.col("true_kind").fill_null("-")), found="kind"
        )
        silent = true.filter("required").join(best, on=_PAIR, how="anti").select("kind", found=pl.lit("-"))
        return pl.concat([told, silent]).group_by("kind", "found").len().sort("kind", "found")

    @cached_property
    def glued(self) -> pl.DataFrame:
        """Pairs of applications that only shared services join: believed, false, and with no call between their own
        servers among the edges found."""
        services = self.labels.members.filter(pl.col("service") != "")["true_id"]
        of = self.labels.members.explode("applications", empty_as_null=False).drop_nulls("applications")
        client = of.select(source="true_id", from_app="applications")
        server = of.select(target="true_id", to_app="applications")
        direct = self.found.filter(kind="tier").join(client, on="source").join(server, on="target")
        false = self.verdicts.filter(
            pl.col("kind") == "application", pl.col("confidence") >= BELIEVED, "counted", ~pl.col("right")
        )
        pairs = direct.select(source="from_app", target="to_app").unique()
        alone = false.join(pairs, on=_PAIR, how="anti")
        derived = alone.filter(pl.col("evidence").list.eval(pl.element().str.starts_with("derived")).list.any())
        touched = self.found.filter(
            pl.col("source").is_in(services.implode()) | pl.col("target").is_in(services.implode()), kind="tier"
        )
        return derived if touched.height else derived.clear()
