"""What models' opinions on types and pairs are worth, on labelled estates with a scripted model that knows the truth.

`python -m benchmarks.inventory.second_opinion [--assets 2000] [--seeds 31 32 33] [--right 0.9]`. The scripted model
gives the true answer with the probability asked for, else another of the offers, seeded by what is asked; liars always
give the same answer. Estates are also judged with columns taken away, as exports of a company that keeps less.
Nothing is sent: what is measured is what answers of such a model do, not how good a model is.
"""

from __future__ import annotations

import argparse
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import polars as pl

from benchmarks.estate.noise import Profile
from benchmarks.inventory.estates import labelled_estate
from benchmarks.inventory.pipeline import TENANT, Clock, Gold, mapped
from benchmarks.inventory.types import VARIANTS
from discovery_pipeline.agents import classification, reconciliation
from discovery_pipeline.agents.choosing import ChoiceAgent, Opinion
from discovery_pipeline.domain.cleansing.clean import clean
from discovery_pipeline.domain.handoffs import REGISTRY, CleanTable, empty, names_of
from discovery_pipeline.domain.inventory.changes import NOTHING_BEFORE
from discovery_pipeline.domain.inventory.matching.pair_doubts import DIFFERENT, SAME
from discovery_pipeline.domain.inventory.params import InventoryParams
from discovery_pipeline.domain.inventory.reconcile import InventoryOutcome, reconcile
from discovery_pipeline.domain.learning.rules import Rules
from discovery_pipeline.domain.opinions.doubts import NONE, Doubt, grouped
from discovery_pipeline.domain.opinions.trust import Answer, trust
from discovery_pipeline.services.inventory.advice import Basis, InventoryAdvice, advice_of
from discovery_pipeline_tests.sample_tenants import score

WITHOUT: Mapping[str, tuple[str, ...]] = {
    **VARIANTS,
    "no hardware numbers": ("uuid", "serial_number", "mac_address"),
    "no uuid, no MAC": ("uuid", "mac_address"),
}
PROFILES: tuple[Profile, ...] = ("messy", "hard")

# Of a doubt: the true answer, None where nobody knows it.
Truth = Callable[[Doubt], str | None]


@dataclass(frozen=True)
class World:
    """An estate's clean tables and what is true of their rows. rows: table_no, row, true_id. types: by true_id."""

    tables: Sequence[CleanTable]
    rows: pl.DataFrame
    types: Mapping[str, str]


@dataclass(frozen=True)
class Worth:
    """pairs, exact: of reconciliation. types: right, of all described. merged: assets of several things."""

    pairs: score.Score
    exact: float
    types_right: int
    types: int
    merged: int


@dataclass(frozen=True)
class Script:
    """A model. right: how often it is; always: what it says instead of thinking, where that is offered."""

    right: float = 0.9
    always: str | None = None

    def choose(self, doubt: Doubt, true: str | None) -> str | None:
        if self.always is not None:
            return self.always if self.always in doubt.offers else None
        draw = random.Random(f"{doubt.key}{doubt.shown}")
        answer = true if true in doubt.offers else NONE if NONE in doubt.offers else doubt.offers[-1]
        others = [offer for offer in doubt.offers if offer != answer]
        return answer if draw.random() < self.right else draw.choice(others)


def world(profile: Profile, assets: int, seed: int, lacking: Sequence[str]) -> World:
    """An estate with its true mapping, without some of its columns."""
    folder = labelled_estate(profile, assets, seed)
    known = mapped(folder / "exports", Gold.of(folder / "truth"), Clock())
    tables = [_without(clean(table).table, lacking) for table in known.canonical]
    true = pl.read_parquet(folder / "truth" / "records.parquet").filter(outcome="asset")
    numbered = true.join(names_of([t.info for t in known.canonical]), on=["file", "table"])
    rows = numbered.select("table_no", "row", "true_id")
    types = pl.read_parquet(folder / "truth" / "assets.parquet").select("true_id", "type")
    return World(tables, rows, dict(types.iter_rows()))


def _without(table: CleanTable, lacking: Sequence[str]) -> CleanTable:
    columns = [c for c in table.frame.collect_schema().names() if c.split("#")[0] in lacking]
    kind = replace(table.kind, product=None) if "product" in lacking else table.kind
    info = replace(table.info, table="t") if "table" in lacking else table.info
    return replace(table, frame=table.frame.drop(columns).collect().lazy(), info=info, kind=kind)


def made(given: World, rules: Rules, *, gather_doubts: bool = False) -> InventoryOutcome:
    params = InventoryParams(gather_doubts=gather_doubts)
    return reconcile(given.tables, empty(REGISTRY), NOTHING_BEFORE, TENANT, params, rules=rules)


def opinion(agent: ChoiceAgent, doubts: Sequence[Doubt], controls: Sequence[Doubt], true: Truth, by: Script) -> Opinion:
    """What the script answers to the questions that the agent would put."""
    groups = grouped(doubts, controls, agent.params)
    asked = [doubt for group in groups for doubt in group]
    answers = tuple(Answer(d, by.choose(d, d.expected if d.is_control else true(d)), "script") for d in asked)
    return Opinion(agent.name, answers, trust(answers, agent.kind_of), questions=len(groups))


def looked_again(given: World, first: InventoryOutcome, by: Script) -> tuple[InventoryAdvice, tuple[Opinion, Opinion]]:
    """What the script's answers come to."""
    of_asset = _true_ids(given, first)
    types, pairs = first.doubts.types, first.doubts.pairs

    def true_type(doubt: Doubt) -> str | None:
        found = Counter(given.types.get(of_asset.get(a, ""), "") for a in types.members[doubt.key].asset_ids)
        return found.most_common(1)[0][0]

    def truly_one(doubt: Doubt) -> str | None:
        pair = pairs.pairs[doubt.key]
        if not pair.is_joined:
            return SAME if of_asset.get(pair.ids[0]) == of_asset.get(pair.ids[1]) else DIFFERENT
        owners = {(table_no, row): true_id for table_no, row, true_id in given.rows.iter_rows()}
        off = {owners.get(row) for row in pair.rows}
        return SAME if off == {of_asset.get(pair.ids[0])} else DIFFERENT

    opinions = (
        opinion(classification.AGENT, types.doubts, types.controls, true_type, by),
        opinion(reconciliation.AGENT, pairs.doubts, pairs.controls, truly_one, by),
    )
    return advice_of(*opinions, first, Basis(given.tables, empty(REGISTRY), Rules())), opinions


def _owned(given: World, outcome: InventoryOutcome) -> pl.DataFrame:
    return outcome.lineage.join(given.rows, on=["table_no", "row"]).select("asset_id", "true_id")


def _true_ids(given: World, outcome: InventoryOutcome) -> dict[str, str]:
    """asset_id -> the thing that most of its rows are of."""
    counted = _owned(given, outcome).group_by("asset_id", "true_id").len()
    best = counted.sort("len", "true_id", descending=[True, False]).unique("asset_id", keep="first")
    return dict(best.select("asset_id", "true_id").iter_rows())


def worth(given: World, outcome: InventoryOutcome) -> Worth:
    """How near an inventory comes to the truth."""
    owned = _owned(given, outcome)
    sizes = owned.group_by("asset_id", "true_id").len()
    made_of, things = defaultdict(set), defaultdict(set)
    for asset_id, true_id in sizes.select("asset_id", "true_id").iter_rows():
        made_of[asset_id].add(true_id)
        things[true_id].add(asset_id)
    exact = sum(len(ids) == 1 and len(made_of[next(iter(ids))]) == 1 for ids in things.values())
    true = _true_ids(given, outcome)
    typed = outcome.inventory.filter(pl.col("asset_id").is_in(list(true))).select("asset_id", "classified_type")
    right = sum(given.types.get(true[asset_id]) == name for asset_id, name in typed.iter_rows())
    together = score.Score(
        right=_pairs(sizes["len"]),
        made=_pairs(owned.group_by("asset_id").len()["len"]),
        wanted=_pairs(owned.group_by("true_id").len()["len"]),
    )
    merged = sum(len(own) > 1 for own in made_of.values())
    return Worth(together, exact / max(len(things), 1), right, len(typed), merged)


def _pairs(sizes: pl.Series) -> int:
    return int((sizes.cast(pl.Int64) * (sizes.cast(pl.Int64) - 1) // 2).sum())


def compared(given: World, scripts: Mapping[str, Script]) -> Iterator[str]:
    """A line without a model, and one per script."""
    first = made(given, Rules(), gather_doubts=True)
    yield f"  {'without':<14} {_line(worth(given, first))}"
    for name, script in scripts.items():
        advice, opinions = looked_again(given, first, script)
        after = worth(given, made(given, advice.rules)) if advice.changes_rules else worth(given, first)
        weights = {kind: own.weight for each in opinions for (_, kind), own in each.trust.kinds.items()}
        yield (
            f"  {name:<14} {_line(after)} calls {sum(each.questions for each in opinions)} types {len(advice.types)} "
            f"merges {sum(p.merges for p in advice.pairs)} splits {sum(p.splits for p in advice.pairs)} "
            f"weights {weights}"
        )


def _line(found: Worth) -> str:
    return (
        f"P {found.pairs.precision:.4f} R {found.pairs.recall:.4f} F1 {found.pairs.f1:.4f} exact {found.exact:.4f} "
        f"merged {found.merged} types {found.types_right}/{found.types}"
    )


def scripts(rights: Iterable[float]) -> dict[str, Script]:
    """Models of that accuracy, and liars."""
    liars = {"always same": Script(always=SAME), "always server": Script(always="physical_server")}
    return {**{f"right {right:.0%}": Script(right) for right in rights}, **liars}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--assets", type=int, default=2_000)
    parser.add_argument("--seeds", type=int, nargs="+", default=[31, 32, 33])
    parser.add_argument("--right", type=float, nargs="+", default=[1.0, 0.9, 0.6, 0.0])
    options = parser.parse_args()
    for profile in PROFILES:
        for seed in options.seeds:
            for name, lacking in WITHOUT.items():
                print(f"{profile} {seed}, {name}", flush=True)
                for line in compared(world(profile, options.assets, seed, lacking), scripts(options.right)):
                    print(line, flush=True)


if __name__ == "__main__":
    main()
