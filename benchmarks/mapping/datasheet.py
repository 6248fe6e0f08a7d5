"""DATASHEET.md: what the mapper was trained on, how, how well it does on unseen products, and its weaknesses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from benchmarks.mapping.calibration import FEWEST
from benchmarks.mapping.columns import FOLDS, PREFERRED, RARE, STRENGTH, Material
from benchmarks.mapping.figures import Answer, Score, binned, share
from benchmarks.mapping.layouts import PARTS, UNTUNED, Layout
from benchmarks.mapping.weights import PENALTY
from discovery_pipeline.domain.mapping.resolve import ResolveParams
from discovery_pipeline.domain.mapping.trained.combiner import Combiner
from discovery_pipeline.domain.schema import RECORD_KINDS
from discovery_pipeline.domain.vocabulary.dictionary import table_language
from discovery_pipeline.domain.vocabulary.headers import header_words

_WEAKEST = 25
_FEW = 8

_TEXT = """# Data sheet of the trained mapper

Written by `make train-mapping`; figures change with the layouts. The artefacts are `column_model.npz` (a multinomial
logistic regression on the tokens of single columns) and `combiner.json` (a conditional logit over all evidence) in
`discovery_pipeline/domain/mapping/trained/`.

## What the layouts are

Labelled exports of inventory tools and hand-made lists: headers in the order of the export, six cells a column, and the
canonical fields that are right, the preferred one first; none = no field holds it. Headers follow the products or the
habits of people, as recalled or as seen in public repositories (`origin` of each file). All values are invented:
documentation and RFC 1918 addresses, example domains, made-up people. `benchmarks/mapping/corpus` is the development
corpus; `benchmarks/mapping/layouts` are ours, those of `tuned: true` were in sight when the vocabulary was written,
those of `tuned: false` were not.

{parts}

{records}

{languages}

The language is that in which the dictionary reads most of a layout's headers.

{origins}

Labels per field (columns that accept it), rarest first where fewer than {few} teach it:

{rare}

The rest: {common}.

## How it is trained

- Column model: one logistic regression a record kind on tokens of header, values and neighbours
  (`trained/tokens.py`), inverse regularisation {strength}, tokens of fewer than {rare_token} columns left out; of two
  labels the preferred one weighs {preferred}. Trained on all layouts.
- Weights: a conditional logit, quadratic penalty {penalty} on weights of unit variance, fitted on the untuned layouts
  only, with what column models of other families say ("examples").
- Confidence: one slope (temperature {temperature}) fitted on scores of unseen families; the threshold of acceptance
  follows from the measured precision at each confidence (at least {fewest} mappings): for {budget} it is {threshold}.
- No seed: nothing is random. The same layouts and library versions give the same artefacts.

## How it is judged

{folds} folds of whole product families: column model, weights, slope and threshold of a fold knew nothing of its
families, and product conventions are off. Only the vocabulary can't be left out; it was written with the tuned layouts
and the development corpus in sight, so only the untuned ones tell what an unseen product gets.

{figures}

Record kind, untuned: {kinds}.

Untuned, by record kind:

{by_record}

Untuned, by language:

{by_language}

Calibration, untuned (all answers, 'none' included):

{calibration}

Untuned families with the most wrong columns (in all {families} families; {whole} have none wrong):

{by_family}

## Known weaknesses

- Authors of layouts share habits; a real export may surprise in ways that none of them thought of. The development
  corpus has {none_corpus} of columns without a target, the untuned layouts {none_untuned}.
- Fields that fewer than {few} columns teach (above) rest on the lexicon alone.
- Most confusions, untuned: {confusions}.
- Six cells a column: shares of rare values in real tables are seen only by the value evidence, never by this training.
- Weights of one fold are fitted on what column models said that knew the other folds, this one among them: a slight
  optimism that a nested cross-validation would take away at six times the cost.

## How to retrain

Add layouts (`layouts.py` has their form) with `tuned: false`, then `make train-mapping` (some minutes), `make test`,
and `make bench-mapping` for the comparison with peers. Whoever looks at a layout to change the vocabulary sets it to
`tuned: true`.
"""


def datasheet(material: Material, unseen: Score, combiner: Mapping[str, Any]) -> str:
    """The document. unseen: answers by models that did not know the column's family."""
    layouts = list({c.layout.id: c.layout for c in material.columns}.values())
    untuned = unseen.where(lambda a: a.layout.part == UNTUNED)
    kinds = [x.id not in material.wrong_kinds for x in layouts if not x.is_tuned]
    budget = ResolveParams().precision
    threshold = Combiner(0, {}, 1.0, tuple((c, p) for c, p in combiner["precision"])).accept_from(budget)
    families = _families(untuned)
    taught = Counter(field for x in layouts for column in x.columns for field in set(column.gold))
    languages = {x.id: _language(x) for x in layouts}
    return _TEXT.format(
        parts=_counts("part", layouts, lambda x: x.part, PARTS),
        records=_counts("record kind", layouts, lambda x: x.record, RECORD_KINDS),
        languages=_counts("language", layouts, lambda x: languages[x.id], _by_frequency(languages.values())),
        origins=_counts("origin", layouts, _origin, _by_frequency(map(_origin, layouts))),
        few=_FEW,
        rare=_listed({f: n for f, n in sorted(taught.items(), key=lambda x: (x[1], x[0])) if n < _FEW}),
        common=_listed({f: n for f, n in taught.most_common() if n >= _FEW}),
        strength=STRENGTH, rare_token=RARE, preferred=PREFERRED, penalty=PENALTY, fewest=FEWEST, folds=FOLDS,
        temperature=combiner["temperature"], budget=budget, threshold=threshold,
        figures=_figures("part", unseen, lambda a: a.layout.part, PARTS),
        kinds=f"right on {share(kinds):.3f} of {len(kinds)} tables",
        by_record=_figures("record kind", untuned, lambda a: a.layout.record, RECORD_KINDS),
        by_language=_figures(
            "language", untuned, lambda a: languages[a.layout.id], _by_frequency(languages.values())
        ),
        calibration=_calibration(untuned.answers),
        families=len(families), whole=sum(s.accuracy == 1.0 for s in families.values()),
        by_family=_weakest(families),
        none_corpus=_none_share(layouts, PARTS[0]), none_untuned=_none_share(layouts, UNTUNED),
        confusions=_confusions(untuned.answers),
    )  # fmt: skip


def table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table in Markdown, its first column on the left."""
    lines = [header, ["---", *["---:"] * (len(header) - 1)], *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)


def _language(layout: Layout) -> str:
    return table_language([header_words(column.header)[1] for column in layout.columns])


def _origin(layout: Layout) -> str:
    """Seen somewhere public, recalled from documentation, or composed."""
    told = layout.origin.lower()
    if not told:
        return "not told"
    if "hand" in told or "composed" in told:
        return "hand-made style"
    return "seen in public, in part or whole" if "seen" in told or "/" in told else "recalled"


def _by_frequency(names: Iterable[str]) -> list[str]:
    return [name for name, _ in sorted(Counter(names).items(), key=lambda x: (-x[1], x[0]))]


def _counts(what: str, layouts: Sequence[Layout], of: Callable[[Layout], str], names: Sequence[str]) -> str:
    rows = []
    for name in names:
        part = [x for x in layouts if of(x) == name]
        columns = [column for x in part for column in x.columns]
        none = share(not column.gold for column in columns)
        rows.append((name, len(part), len({x.family for x in part}), len(columns), f"{none:.2f}"))
    return table((what, "layouts", "families", "columns", "without target"), rows)


def _figures(what: str, score: Score, of: Callable[[Answer], str], names: Sequence[str]) -> str:
    rows = []
    for name in names:
        s = score.where(lambda a, name=name: of(a) == name)  # type: ignore[misc]
        if s.answers:
            rows.append(
                (
                    name, len(s.answers), f"{s.accuracy:.3f}", f"{s.precision:.3f}", f"{s.recall:.3f}",
                    f"{s.calibration_error or 0.0:.3f}", f"{s.accepted_share:.2f}", f"{s.accepted.accuracy:.3f}",
                )
            )  # fmt: skip
    header = (what, "columns", "accuracy", "precision", "recall", "ECE", "accepted of mappings", "right of accepted")
    return table(header, rows)


def _calibration(answers: Sequence[Answer]) -> str:
    rows = [
        (
            f"{min(a.confidence or 0.0 for a in group):.2f}-{max(a.confidence or 0.0 for a in group):.2f}", len(group),
            f"{share(a.confidence or 0.0 for a in group):.3f}", f"{share(a.is_right for a in group):.3f}",
        )
        for group in binned(answers)
    ]  # fmt: skip
    return table(("confidence", "columns", "mean", "right"), rows)


def _families(score: Score) -> dict[str, Score]:
    names = dict.fromkeys(a.layout.family for a in score.answers)
    return {name: score.where(lambda a, name=name: a.layout.family == name) for name in names}  # type: ignore[misc]


def _weakest(families: Mapping[str, Score]) -> str:
    wrong = {name: sum(not a.is_right for a in s.answers) for name, s in families.items()}
    worst = sorted(families, key=lambda name: (-wrong[name], name))[:_WEAKEST]
    rows = [(name, len(families[name].answers), wrong[name], f"{families[name].accuracy:.2f}") for name in worst]
    return table(("family", "columns", "wrong", "accuracy"), rows)


def _confusions(answers: Sequence[Answer]) -> str:
    pairs = Counter(f"{a.gold[0] if a.gold else 'none'} as {a.field or 'none'}" for a in answers if not a.is_right)
    return _listed(dict(pairs.most_common(12)))


def _none_share(layouts: Sequence[Layout], part: str) -> str:
    return f"{share(not column.gold for x in layouts if x.part == part for column in x.columns):.2f}"


def _listed(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counts.items()) or "none"
