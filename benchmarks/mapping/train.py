"""Trains the mapper: the model of single columns and the weights with which all evidence is added up.

Run: make train-mapping (python -m benchmarks.mapping.train). Writes all artefacts into the package and the figures
into DATASHEET.md; with --layouts N it trains on that many and only prints the figures. Every figure is of families of
products that the judged model was not trained on: folds of whole families. The weights are fitted on layouts that the
vocabulary was not tuned on, since on the others the lexicon looks better than it is on exports that nobody has seen.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.mapping.calibration import answers, fit_temperature, precision_curve, unseen_answers
from benchmarks.mapping.columns import Material, fit_columns, read, unseen_logs
from benchmarks.mapping.datasheet import datasheet
from benchmarks.mapping.figures import Score
from benchmarks.mapping.layouts import HERE, PARTS, Layout, digest, load, sample
from benchmarks.mapping.meanings import labelled_meanings
from benchmarks.mapping.weights import candidates, fit_weights, unseen_scores
from discovery_pipeline.domain import mapping
from discovery_pipeline.domain.mapping import meaning_evidence
from discovery_pipeline.domain.mapping.meaning_evidence import LabelledMeanings, written_meanings
from discovery_pipeline.domain.mapping.trained import column_model, combiner
from discovery_pipeline.domain.mapping.trained.combiner import FEATURES

VERSION = 1
DATASHEET = HERE / "DATASHEET.md"
_ARTEFACTS = Path(mapping.__file__).parent / "trained"


@dataclass(frozen=True)
class Trained:
    """columns: the column model's file. meanings: labelled headers. combiner: the document of the weights.

    unseen: by models that knew neither the column's family nor anything of it.
    """

    material: Material
    columns: bytes
    meanings: LabelledMeanings
    combiner: dict[str, Any]
    unseen: Score


def train(layouts: Sequence[Layout], trained_on: str) -> Trained:
    """Train and judge on these layouts. trained_on: their digest. Needs untuned ones of two families at least."""
    material = read(layouts)
    meanings = labelled_meanings(layouts)
    given = candidates(material, unseen_logs(material), meanings)
    scores = unseen_scores(material, given)
    temperature = fit_temperature(given, scores, material.untuned)
    judged = answers(material, given, scores, temperature)
    weights = fit_weights(given.of(material.untuned))
    document = {
        "version": VERSION,
        "trained on": trained_on,
        "weights": {name: round(float(w), 4) for name, w in zip(FEATURES, weights, strict=True)},
        "temperature": temperature,
        "precision": precision_curve([a for a in judged if not a.layout.is_tuned]),
    }
    unseen = Score(tuple(unseen_answers(material, given, scores)))
    return Trained(material, fit_columns(material.columns), meanings, document, unseen)


def write(trained: Trained) -> None:
    """All artefacts into the package, the data sheet beside this script."""
    weights = json.dumps(trained.combiner, indent=1) + "\n"
    (_ARTEFACTS / combiner.FILE).write_text(weights, encoding="utf-8")
    (_ARTEFACTS / meaning_evidence.FILE).write_bytes(written_meanings(trained.meanings))
    (_ARTEFACTS / column_model.FILE).write_bytes(trained.columns)
    DATASHEET.write_text(datasheet(trained.material, trained.unseen, trained.combiner), encoding="utf-8")


def main() -> None:
    """Train, judge, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--layouts", type=int, help="train on so many, evenly spread, and write nothing")
    count: int | None = parser.parse_args().layouts
    trained = train(sample(load(), count), digest())
    for part in PARTS:
        s = trained.unseen.where(lambda a, part=part: a.layout.part == part)  # type: ignore[misc]
        print(
            f"{part:20} {len(s.answers)} columns, accuracy {s.accuracy:.4f} precision {s.precision:.4f} "
            f"recall {s.recall:.4f} ECE {s.calibration_error or 0.0:.4f} accepted {s.accepted_share:.4f} "
            f"of mappings, right {s.accepted.accuracy:.4f}"
        )
    print(trained.combiner["weights"], trained.combiner["temperature"])
    if count is None:
        write(trained)


if __name__ == "__main__":
    main()
