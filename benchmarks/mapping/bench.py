"""The mapper and its peers on the same layouts in one run, as Markdown.

Run: make bench-mapping (python -m benchmarks.mapping.bench [--layouts N]). "ours, leave-one-product-out": folds of
whole product families; column model, weights, calibration and thresholds knew nothing of the layout's family, and
conventions of products are off. "ours as shipped": the packaged artefacts, which these layouts taught, through the door
of `discovery map`.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from benchmarks.mapping.abstention import abstaining
from benchmarks.mapping.calibration import unseen_answers
from benchmarks.mapping.columns import read, unseen_logs
from benchmarks.mapping.datasheet import table
from benchmarks.mapping.figures import Score
from benchmarks.mapping.layouts import PARTS, Layout, load, sample
from benchmarks.mapping.meanings import labelled_meanings
from benchmarks.mapping.peers import Meaning, Nothing, Peer, Spelling
from benchmarks.mapping.score import score
from benchmarks.mapping.valentine_peers import Coma, Values
from benchmarks.mapping.weights import candidates, unseen_scores
from discovery_pipeline.agents.embeddings import MiniLM
from discovery_pipeline.domain.schema import RECORD_KINDS, RecordKind

_TOLD = """ECE: expected calibration error of the mappings made, ten bins; a peer's similarity is read as its confidence
and calibrated by nobody. Seconds: of CPU, without the first use of each method; both rows of ours run the same code.
Peers are given the layout's record kind, which ours infers. The similarity below which a peer leaves a column unmapped
is chosen for each family on all others (median and range below)."""


@dataclass(frozen=True)
class Row:
    """A method's answers on all layouts. seconds: of CPU per layout. wrong_kinds: None where it infers none."""

    name: str
    score: Score
    seconds: float
    told: str
    wrong_kinds: Mapping[str, str] | None = None


def ours(layouts: Sequence[Layout]) -> list[Row]:
    """Judged on families unseen, then as shipped."""
    material = read(layouts)
    given = candidates(material, unseen_logs(material), labelled_meanings(layouts))
    unseen = unseen_answers(material, given, unseen_scores(material, given))
    score(layouts[:1])
    started = time.process_time()
    shipped = score(layouts)
    seconds = (time.process_time() - started) / len(layouts)
    return [
        Row("**ours**, leave-one-product-out", Score(tuple(unseen)), seconds, "", material.wrong_kinds),
        Row("ours as shipped", shipped.score, seconds, "", shipped.wrong_kinds),
    ]


def judge(peer: Peer, layouts: Sequence[Layout]) -> Row:
    """A peer's row, its threshold chosen on other families."""
    for layout in {layout.record: layout for layout in layouts}.values():
        peer.guesses(layout)
    started = time.process_time()
    guesses = [peer.guesses(layout) for layout in layouts]
    seconds = (time.process_time() - started) / len(layouts)
    judged = abstaining(layouts, guesses)
    chosen = sorted(judged.thresholds.values())
    threshold = f"threshold {median(chosen):.2f} ({chosen[0]:.2f} to {chosen[-1]:.2f})"
    told = f"{peer.told}; {threshold}" if peer.told else ""
    return Row(peer.name, Score(judged.answers), seconds, told)


def report(rows: Sequence[Row], layouts: Sequence[Layout]) -> str:
    """The tables of all parts, what each method was given, and ours in detail."""
    lines = []
    for part in PARTS:
        own = [layout for layout in layouts if layout.part == part]
        if own:
            columns = sum(len(layout.columns) for layout in own)
            families = len({layout.family for layout in own})
            lines += [f"### {part}: {len(own)} layouts of {families} families, {columns} columns", ""]
            lines += [_compared(rows, part), ""]
    lines += [_TOLD, ""] + [f"- {row.name}: {row.told}." for row in rows if row.told]
    return "\n".join([*lines, "", "### Ours in detail", "", _detailed(rows)])


def _compared(rows: Sequence[Row], part: str) -> str:
    header = ("method", "accuracy", "precision", "recall", "ECE", "CPU s a layout", "record kinds right")
    return table(header, [_line(row, _of(row.score, part)) for row in rows])


def _line(row: Row, own: Score) -> tuple[str, ...]:
    error = own.mappings.calibration_error
    precision = f"{own.precision:.3f}" if own.mappings.answers else "n/a"
    return (
        row.name, f"{own.accuracy:.3f}", precision, f"{own.recall:.3f}", "n/a" if error is None else f"{error:.3f}",
        f"{row.seconds:.3f}", _kinds(row, own),
    )  # fmt: skip


def _kinds(row: Row, own: Score) -> str:
    if row.wrong_kinds is None:
        return "given"
    names = {answer.layout.id for answer in own.answers}
    return f"{1 - len(names & row.wrong_kinds.keys()) / len(names):.3f}"


def _detailed(rows: Sequence[Row]) -> str:
    header = (
        "ours", "columns", "accuracy", "precision", "recall", "layout mean", "preferred label", "accepted of mappings",
        "right of accepted", "ECE, 'none' included",
    )  # fmt: skip
    found = []
    for row in (row for row in rows if row.wrong_kinds is not None):
        for part in PARTS:
            whole = _of(row.score, part)
            kinds = [(str(kind), _of_kind(whole, kind)) for kind in RECORD_KINDS]
            for name, s in [("all", whole), *kinds]:
                if s.answers:
                    found.append((f"{row.name}, {part}, {name}", *_details(s)))
    return table(header, found)


def _details(s: Score) -> tuple[object, ...]:
    shares = (s.accuracy, s.precision, s.recall, s.layout_mean, s.preferred, s.accepted_share, s.accepted.accuracy)
    return (len(s.answers), *(f"{value:.3f}" for value in (*shares, s.calibration_error or 0.0)))


def _of(score: Score, part: str) -> Score:
    return score.where(lambda a: a.layout.part == part)


def _of_kind(score: Score, kind: RecordKind) -> Score:
    return score.where(lambda a: a.layout.record == kind)


def main() -> None:
    """Print the comparison."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--layouts", type=int, help="on so many, evenly spread")
    parser.add_argument("--part", choices=PARTS, help="judge only these layouts; ours still learns from all")
    given = parser.parse_args()
    layouts = sample(load(), given.layouts)
    judged = [layout for layout in layouts if given.part in (None, layout.part)]
    peers: list[Peer] = [Coma(layouts), Values(layouts), Spelling(), Meaning(MiniLM()), Nothing()]
    print(report([*ours(layouts), *(judge(peer, judged) for peer in peers)], judged))


if __name__ == "__main__":
    main()
