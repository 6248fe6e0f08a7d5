"""Evidence from headers that mean the same in other words: labelled headers of other exports near to a column's.

Only for columns whose header says nothing to the lexicon. Keep out: making vectors; they are handed in.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from typing import TYPE_CHECKING

import numpy as np

from discovery_pipeline.domain.mapping.evidence import Evidence
from discovery_pipeline.domain.mapping.view import TableView
from discovery_pipeline.domain.packaged import packaged_bytes
from discovery_pipeline.domain.schema import RecordKind, fields
from discovery_pipeline.domain.vocabulary.lexicon import NO_FIELD
from discovery_pipeline.domain.vocabulary.text import LONGEST, split_words

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

FILE = "meanings.npz"
# Headers as written -> a vector of length 1 each, or none at all when nobody can make them.
Embed = Callable[[Sequence[str]], Sequence[Sequence[float]]]

# Neighbours that are asked, how fast their say fades with distance, and the similarity below which it fades to nothing.
_NEIGHBOURS = 15
_FADING = 0.08
_UNLIKE = 0.6
# Shares below e^-6 are not in question; weights are log-odds above it. Fields worth a row beside 'none'.
_FLOOR = -6.0
_KEPT = 6
# Distinct headers compared in a run, in its order: a table of thousands of unknown words would take a minute.
_MOST = 500
_ROWS_AT_ONCE = 256
_LONGEST_TOLD = 40
# Half of what eight bits hold: a third less to ship, and cosines change by less than 0.001.
_STEPS = 63


@dataclass(frozen=True)
class LabelledMeanings:
    """Labelled headers, distinct by text, record kind and field; all by row but `model`, which made the vectors.

    texts: `plain_words` of the headers. vectors: (rows, dimensions), each of length 1. fields: NO_FIELD = none of them.
    families: of the products whose exports say so.
    """

    model: str
    texts: tuple[str, ...]
    vectors: Floats
    records: tuple[RecordKind, ...]
    fields: tuple[str, ...]
    families: tuple[tuple[str, ...], ...]

    def neighbours(self, record: RecordKind, vectors: Floats, without: str | None = None) -> Iterator[Neighbours]:
        """What the nearest headers of a record kind say to each vector. without: a family that is not asked."""
        counts = [sum(family != without for family in families) for families in self.families]
        rows = np.array([i for i, r in enumerate(self.records) if r == record and counts[i]], dtype=np.int64)
        weights = np.array(counts, dtype=np.float64)[rows]
        labelled = self.vectors[rows]
        for start in range(0, len(vectors), _ROWS_AT_ONCE):
            for near in vectors[start : start + _ROWS_AT_ONCE] @ labelled.T:
                nearest = np.argsort(-near, kind="stable")[:_NEIGHBOURS]
                said = weights[nearest] * np.exp((near[nearest].astype(np.float64) - 1) / _FADING)
                yield self._said(rows[nearest], said)

    def _said(self, rows: NDArray[np.int64], said: NDArray[np.float64]) -> Neighbours:
        whole = float(said.sum()) + math.exp((_UNLIKE - 1) / _FADING)
        shares: Counter[str] = Counter()
        texts: dict[str, list[str]] = {}
        for row, share in zip(rows.tolist(), (said / whole).tolist(), strict=True):
            shares[self.fields[row]] += share
            texts.setdefault(self.fields[row], []).append(self.texts[row])
        return Neighbours(dict(shares), {field: tuple(told) for field, told in texts.items()})


@dataclass(frozen=True)
class Neighbours:
    """shares: of each field among a column's neighbours; less than 1 together when they are far.

    texts: nearest first.
    """

    shares: dict[str, float]
    texts: dict[str, tuple[str, ...]]

    def weights(self) -> dict[str, float]:
        """Field -> log-odds of the fields worth a row, 'none' among them."""
        likeliest = sorted(self.shares, key=lambda field: (-self.shares[field], field))
        kept = dict.fromkeys([*likeliest[:_KEPT], NO_FIELD])
        found = {f: round(math.log(max(self.shares.get(f, 0.0), 1e-9)) - _FLOOR, 4) for f in kept}
        return {field: weight for field, weight in found.items() if weight > 0}


def plain_words(header: str) -> str:
    """The text whose meaning is compared: the words of a header, whatever their case and punctuation."""
    return " ".join(split_words(header[:LONGEST])) or header.strip()[:LONGEST]


@cache
def packaged_meanings() -> LabelledMeanings:
    """Those that ship with the package."""
    return read_meanings(packaged_bytes("discovery_pipeline.domain.mapping.trained", FILE))


def meaning_evidence(
    tables: Sequence[TableView], embed: Embed, labelled: Callable[[], LabelledMeanings] = packaged_meanings
) -> Iterator[Evidence]:
    """'None' and the likeliest fields of each column whose header nothing else understands.

    embed: asked once, for all tables together, and not at all when every header is understood. labelled: asked after
    it, of the same model.
    """
    unheard = [(table, position) for table in tables for position in unheard_positions(table)]
    headers = list(dict.fromkeys(table.headers[position].raw for table, position in unheard))[:_MOST]
    made = embed(headers) if headers else ()
    if not len(made):
        return
    row = {header: i for i, header in enumerate(headers)}
    vectors, known = np.asarray(made, dtype=np.float32), labelled()
    for record in dict.fromkeys(table.kind.record for table, _ in unheard):
        asked = [(t, p) for t, p in unheard if t.kind.record == record and t.headers[p].raw in row]
        near = known.neighbours(record, vectors[[row[t.headers[p].raw] for t, p in asked]])
        for (table, position), said in zip(asked, near, strict=True):
            for field, weight in said.weights().items():
                yield Evidence(table.table_no, position, field, "meaning", weight, _why(said, field, record))


def unheard_positions(table: TableView) -> Iterator[int]:
    """Columns whose header says nothing to the lexicon. One that is a cell of its table is a first row taken for
    headers: it is data, and says nothing to anybody."""
    cells = {sample.strip() for profile in table.profiles for sample in profile.samples}
    for position, (header, claims) in enumerate(zip(table.headers, table.claims, strict=True)):
        text = header.raw.strip()
        if text and text not in cells and not any(claim.weight > 0 for claim in claims):
            yield position


def _why(said: Neighbours, field: str, record: RecordKind) -> str:
    told = " and ".join(f"'{text[:_LONGEST_TOLD]}'" for text in said.texts.get(field, ())[:2])
    meant = f"mean {field}" if field in fields(record) else "carry no field"
    return f"headers like {told} of other exports {meant}" if told else "few headers like it are known"


def read_meanings(content: bytes) -> LabelledMeanings:
    """Meanings as `written_meanings` wrote them."""
    with np.load(BytesIO(content), allow_pickle=False) as stored:
        about = json.loads(bytes(stored["about"]).decode("utf-8"))
        vectors = stored["vectors"].astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    at, records, named, families = zip(*about["rows"], strict=True) if about["rows"] else ((), (), (), ())
    return LabelledMeanings(
        about["model"],
        tuple(about["texts"][i] for i in at),
        vectors[list(at)],
        records,
        named,
        tuple(tuple(about["families"][i] for i in of) for of in families),
    )


def written_meanings(meanings: LabelledMeanings) -> bytes:
    """Meanings as a compressed file: each text's vector once, in steps of a 63rd of its largest part."""
    texts = list(dict.fromkeys(meanings.texts))
    first = [meanings.texts.index(text) for text in texts]
    vectors = meanings.vectors[first]
    steps = np.round(vectors / np.abs(vectors).max(axis=1, keepdims=True) * _STEPS).astype(np.int8)
    families = sorted({family for of in meanings.families for family in of})
    text_at, family_at = ({name: i for i, name in enumerate(names)} for names in (texts, families))
    rows = [
        (text_at[text], record, field, [family_at[family] for family in of])
        for text, record, field, of in zip(
            meanings.texts, meanings.records, meanings.fields, meanings.families, strict=True
        )
    ]
    about = {"model": meanings.model, "texts": texts, "families": families, "rows": rows}
    told = np.frombuffer(json.dumps(about, ensure_ascii=False).encode("utf-8"), dtype=np.uint8)
    stored = BytesIO()
    np.savez_compressed(stored, about=told, vectors=steps)
    return stored.getvalue()
