"""What people and configuration databases say of a world: relations, needs as text, the application on a server's row.

Keep out: what is true (traffic), what collectors see (records).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from benchmarks.dependencies.world.mess import Mess
from benchmarks.dependencies.world.population import World
from benchmarks.dependencies.world.portfolio import vocabulary
from benchmarks.dependencies.world.traffic import Calls
from benchmarks.estate.noise import repeated, shuffled

# parent and child are rows of things; true: the relation holds today; needs: 1 where the parent needs the child, -1
# where it is the other way round.
STATED: dict[str, pl.DataType] = {
    "parent": pl.Int64(), "child": pl.Int64(), "relation": pl.String(), "true": pl.Boolean(), "needs": pl.Int64(),
}  # fmt: skip
_TURNED = 0.3


def stated(world: World, calls: Calls, mess: Mess, words: str, rng: np.random.Generator) -> pl.DataFrame:
    """STATED: needs of applications, where they and databases and machines run, some calls between servers; and stale
    ones. words: language of the phrases."""
    phrases = vocabulary()["relations"][words]
    needs = np.array(sorted(calls.needs), dtype=np.int64).reshape(-1, 2)
    frame = calls.frame()
    tiers = frame.filter(pl.col("what").is_in(["inside", "between", "shared database"])).select("source", "target")
    parts = [
        _said(_share(needs, mess.stated, rng), phrases, rng),
        _said(_share(tiers.to_numpy(), mess.servers_stated, rng), phrases, rng, talks=True),
        _hosted(world, phrases, rng),
        _stale(world, calls, int(len(needs) * mess.stale), phrases, rng),
    ]
    return shuffled(repeated(pl.concat(parts), rng, mess.doubled), rng)


def _share(pairs: np.ndarray, share: float, rng: np.random.Generator) -> np.ndarray:
    return pairs[rng.random(len(pairs)) < share]


def _rows(pairs: np.ndarray, relation: Sequence[str], true: bool, needs: np.ndarray | int) -> pl.DataFrame:
    columns = {
        "parent": pairs[:, 0],
        "child": pairs[:, 1],
        "relation": list(relation),
        "true": np.full(len(pairs), true),
        "needs": np.broadcast_to(needs, len(pairs)).copy(),
    }
    return pl.DataFrame(columns, schema=STATED)


def _said(
    pairs: np.ndarray,
    phrases: dict[str, list[str]],
    rng: np.random.Generator,
    *,
    talks: bool = False,
    true: bool = True,
) -> pl.DataFrame:
    """The first of each pair needs the second, said from either side."""
    turned = rng.random(len(pairs)) < _TURNED
    plain = [*phrases["needs"], *(phrases["talks"] if talks else [])]
    words = np.where(turned, rng.choice(phrases["needed"], len(pairs)), rng.choice(plain, len(pairs)))
    ends = np.where(turned[:, None], pairs[:, ::-1], pairs)
    return _rows(ends, words.tolist(), true, np.where(turned, -1, 1))


def _hosted(world: World, phrases: dict[str, list[str]], rng: np.random.Generator) -> pl.DataFrame:
    """Instances on servers, VMs on hosts, a few applications on servers."""
    things = world.things
    placed = things.filter(pl.col("parent").is_not_null() & ~pl.col("stale"))
    instance = placed.filter(type="database").select("number", "parent").to_numpy()
    virtual = placed.filter(pl.col("type") != "database").select("number", "parent").to_numpy()
    served = world.living().filter(pl.col("app").is_not_null()).select("app", "number").to_numpy()
    share = float(rng.choice([0.0, 0.15, 0.6]))
    parts = []
    for pairs, kept, name in ((instance, 0.8, "hosted"), (virtual, 0.3, "virtual"), (served, share, "hosted")):
        pairs = _share(pairs, kept, rng)
        parts.append(_rows(pairs, rng.choice(phrases[name], len(pairs)).tolist(), True, 1))
    return pl.concat(parts)


def _stale(
    world: World, calls: Calls, count: int, phrases: dict[str, list[str]], rng: np.random.Generator
) -> pl.DataFrame:
    """A third each: with a retired machine, against another relation that is true, and simply no longer so."""
    gone = world.things.filter("stale")["number"].to_numpy()
    living = world.living()["number"].to_numpy()
    apps = np.array(sorted(world.applications))
    third = count // 3
    needs = np.array(sorted(calls.needs), dtype=np.int64).reshape(-1, 2)
    free = np.stack([rng.choice(apps, third * 3), rng.choice(apps, third * 3)], axis=1)
    wrong = [
        p for p in free.tolist() if p[0] != p[1] and tuple(p) not in calls.needs and tuple(p[::-1]) not in calls.needs
    ]
    parts = [np.array(wrong[:third], dtype=np.int64).reshape(-1, 2)]
    if len(gone) and third:
        parts.append(np.stack([rng.choice(living, third), rng.choice(gone, third)], axis=1))
    if len(needs) and third:
        back = needs[rng.integers(0, len(needs), third)][:, ::-1]
        parts.append(np.array([p for p in back.tolist() if tuple(p) not in calls.needs], dtype=np.int64).reshape(-1, 2))
    return _said(np.concatenate(parts), phrases, rng, true=False)


def relation_view(world: World, rows: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """parent, relation, child by the names a configuration database has: former ones, and some with their domain."""
    things = world.things
    own = pl.when(pl.col("type").is_in(["database", "application"])).then("name").otherwise("former_name")
    names = things.select(name=own, fqdn=pl.format("{}.{}", own.str.to_lowercase(), "domain"))
    device = ~things["type"].is_in(["database", "application"])
    long = pl.Series(rng.random(things.height) < (0.4 if rng.random() < 0.3 else 0.0)) & device
    written = names.select(pl.when(long).then("fqdn").otherwise("name")).to_series()
    return pl.DataFrame(
        {"relation": rows["relation"], "parent": written.gather(rows["parent"]), "child": written.gather(rows["child"])}
    )


def misspelt(name: str, rng: np.random.Generator) -> str:
    """One letter lost or two swapped, not the first."""
    at = int(rng.integers(1, max(2, len(name) - 1)))
    return name[:at] + name[at + 1 :] if rng.random() < 0.5 else name[:at] + name[at : at + 2][::-1] + name[at + 2 :]


def alias(name: str, code: str, rng: np.random.Generator) -> str:
    """Another way in which people write an application."""
    forms = (
        f"{name} PROD",
        name.upper(),
        f"{name} ({code.upper()})",
        name.replace(" ", "-"),
        f"{name} System",
        code.upper(),
    )
    return forms[int(rng.choice(len(forms), p=[0.2, 0.25, 0.25, 0.1, 0.1, 0.1]))]


def spelt(
    world: World, view: pl.DataFrame, mess: Mess, rng: np.random.Generator
) -> tuple[pl.DataFrame, dict[str, int]]:
    """The view with applications misspelt and abbreviated here and there; and what each of these spellings means."""
    codes = {a.name: (n, a.code) for n, a in world.applications.items()}
    names, meant = view["app_name"].to_list(), {}
    draws = rng.random(len(names))
    for i in np.flatnonzero(draws < mess.misspelt + mess.aliased):
        if names[i] in codes:
            number, code = codes[names[i]]
            names[i] = misspelt(names[i], rng) if draws[i] < mess.misspelt else alias(names[i], code, rng)
            meant[names[i]] = number
    return view.with_columns(pl.Series("app_name", names, dtype=pl.String)), meant


def needs_text(
    world: World, calls: Calls, mess: Mess, rng: np.random.Generator
) -> tuple[pl.DataFrame, set[tuple[int, int]], dict[str, int]]:
    """(number, needs: what each application's owner writes that it needs, the needs that are told so, spellings)."""
    separator = str(rng.choice([", ", "; ", " / ", "\n"]))
    shared = [n for s in world.services.values() for n in (str(s["names"][0]),)]
    told, meant, rows = set(), {}, []
    for app in sorted(world.applications):
        mine = [other for a, other in sorted(calls.needs) if a == app and rng.random() < mess.written]
        words = []
        for other in mine:
            target = world.applications[other]
            draw = rng.random()
            word = misspelt(target.name, rng) if draw < mess.misspelt else target.name
            word = alias(target.name, target.code, rng) if draw > 1 - mess.aliased else word
            meant[word] = other
            words.append(word)
            told.add((app, other))
        if rng.random() < 0.15 and shared:
            words.append(str(rng.choice(shared)))
        rows.append((app, separator.join(words) or None))
    return pl.DataFrame(rows, schema={"number": pl.Int64, "needs": pl.String}, orient="row"), told, meant
