"""Generations: the inventory runs over one delivery, each over its own input, and which of them the next rests on.

What a run registers belongs to its generation. A run over an input that was run before, since the files last changed,
is that generation again: it reads the registry as it was, and what came later goes. A run over new input goes on from
the newest generation that rests on no correction that was taken back. So what was undone or forgotten leaves no trace.
Keep out: reading and writing them (store), frames.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import takewhile

# Of so many generations the inventory they are compared with is kept; undoing further back tells other changes.
MOST_BASELINES = 5


@dataclass(frozen=True)
class Generation:
    """One inventory run. files, input: fingerprints; the input is the files, the mapping and the rules together.

    corrections: the numbers that stood then. Versions of the inventory (None = there was none): baseline: of the run
    before, over other input; delivery: of the last run over other files; missing: of the first run over these files,
    None in that run itself.
    """

    number: int
    files: str
    input: str
    corrections: frozenset[int]
    baseline: str | None = None
    delivery: str | None = None
    missing: str | None = None


@dataclass(frozen=True)
class Published:
    """The inventory that readers see: its version (None = there is none), and the generation it is."""

    version: str | None
    generation: Generation


@dataclass(frozen=True)
class Plan:
    """generation: what the run is. keep: versions to keep readable. compact_before: what generations before this one
    registered is wanted in its newest form only."""

    generation: Generation
    keep: frozenset[str]
    compact_before: int


def plan(
    known: Sequence[Generation], published: Published | None, files: str, inputs: str, corrections: Collection[int]
) -> Plan:
    """What the next run is. known: by number. corrections: the numbers that stand now.

    Generations after the published one came of runs that were stopped before they published: they are made again. Where
    nothing is published (frames that were removed), what is registered stays.
    """
    seen = [each for each in known if published is None or each.number <= published.generation.number]
    of_files = list(takewhile(lambda each: each.files == files, reversed(seen)))[::-1]
    standing = frozenset(corrections)
    usable = list(takewhile(lambda each: each.corrections <= standing, of_files))
    again = next((each for each in of_files[: len(usable) + 1] if each.input == inputs), None)
    if again is not None:
        return _plan(again, seen, published)
    if not of_files:
        newest = max((each.number for each in seen), default=0)
        after = published or Published(None, Generation(newest, "", "", frozenset()))
        return _plan(_beside(after, files, inputs, standing), seen, published)
    first = of_files[0]
    if not usable:
        made = Generation(first.number, files, inputs, standing, first.baseline, first.delivery)
    else:
        last, versions = usable[-1], _versions(of_files, published)
        missing = last.missing or versions[first.number]
        made = Generation(last.number + 1, files, inputs, standing, versions[last.number], last.delivery, missing)
    return _plan(made, seen, published)


def _beside(published: Published, files: str, inputs: str, standing: frozenset[int]) -> Generation:
    """The first generation that is known of these files: after a delivery, or after their history was compacted."""
    before = published.generation
    same_files = before.files == files
    return Generation(
        number=before.number + 1,
        files=files,
        input=inputs,
        corrections=standing,
        baseline=before.baseline if before.input == inputs else published.version,
        delivery=before.delivery if same_files else published.version,
        missing=published.version if same_files else None,
    )


def _versions(of_files: Sequence[Generation], published: Published | None) -> dict[int, str | None]:
    """The version of each generation's inventory: what the next was compared with, for the last what is published."""
    following: list[str | None] = [*(each.baseline for each in of_files[1:]), published.version if published else None]
    return {each.number: version for each, version in zip(of_files, following, strict=True)}


def _plan(made: Generation, seen: Sequence[Generation], published: Published | None) -> Plan:
    staying = [*(each for each in seen if each.number < made.number), made]
    versions = {made.delivery, made.missing, *(each.baseline for each in staying[-MOST_BASELINES:])}
    needed = [each.number for each in seen if published is None or each.files == published.generation.files]
    floor = min([made.number, *needed])
    return Plan(made, frozenset(version for version in versions if version), floor)
