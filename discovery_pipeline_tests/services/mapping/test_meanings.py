"""The comparison of meanings that settings ask for: remembered, kept, and missing without harm."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from discovery_pipeline.agents.desk import Desk
from discovery_pipeline.agents.embeddings import MiniLM, NoEmbeddings
from discovery_pipeline.domain.errors import Unreachable
from discovery_pipeline.domain.mapping.meaning_evidence import LabelledMeanings
from discovery_pipeline.domain.mapping.trained.combiner import combiner
from discovery_pipeline.services.mapping import meanings as module
from discovery_pipeline.services.mapping.meanings import Meanings, meanings_of
from discovery_pipeline.services.mapping.preview import preview
from discovery_pipeline.settings import Settings
from discovery_pipeline_tests.agents.fault_server import serving
from discovery_pipeline_tests.agents.test_remote_embeddings import embedding

LABELLED = LabelledMeanings(
    "all-MiniLM-L6-v2-onnx-int8",
    ("holder", "holder", "colour"),
    np.eye(3, 384, dtype=np.float32),
    ("asset", "connection", "asset"),
    ("business_owner", "", ""),
    (("acme",),) * 3,
)
CSV = "Name,Zorp\nsrv-1,some text\nsrv-2,other text\n"


class Counting:
    """An embedder of another model that tells what it was asked, or fails."""

    dimensions = 384

    def __init__(self, model: str, error: Exception | None = None) -> None:
        self.model, self.error, self.asked = model, error, list[list[str]]()

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        if self.error is not None:
            raise self.error
        self.asked.append(list(texts))
        return [[float(len(text)), *[0.0] * 383] for text in texts]


@pytest.fixture(autouse=True)
def _three_labelled_headers_that_weigh(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    weighing = replace(combiner(), weights={**combiner().weights, "meaning+": 0.3})
    monkeypatch.setattr(module, "combiner", lambda: weighing)
    monkeypatch.setattr(module, "packaged_meanings", lambda: LABELLED)
    module._memory.cache_clear()
    yield
    module._memory.cache_clear()


def test_the_local_model_by_default() -> None:
    meanings = meanings_of(Settings(Path("home")))
    assert isinstance(meanings.embedder, MiniLM)
    assert meanings.labelled() is LABELLED


@pytest.mark.parametrize("weight", [0.0, 0.3])
def test_nothing_is_compared_that_weighs_nothing(weight: float, monkeypatch: pytest.MonkeyPatch) -> None:
    weighing = {**combiner().weights, "meaning+": weight, "meaning-": 0.0, "none meaning": 0.0}
    monkeypatch.setattr(module, "combiner", lambda: replace(combiner(), weights=weighing))
    assert (meanings_of(Settings(Path("home"))).embedder is not None) == bool(weight)


def test_switched_off() -> None:
    meanings = meanings_of(Settings(Path("home"), embeddings=False))
    assert meanings.embed(["Zorp"]) == []
    assert meanings.how == "not compared: embeddings are switched off"


@pytest.mark.parametrize("error", [NoEmbeddings("gone"), Unreachable("HTTP 503")], ids=["for good", "for now"])
def test_an_embedder_that_is_down_costs_only_this_evidence(error: Exception, tmp_path: Path) -> None:
    (tmp_path / "cmdb.csv").write_text(CSV, encoding="utf-8")
    down = Meanings(Counting("down", error))
    assert preview([tmp_path], meanings=down) == preview([tmp_path])
    assert down.how == f"not compared: {error}"


def test_a_header_that_no_word_explains_is_compared(tmp_path: Path) -> None:
    (tmp_path / "cmdb.csv").write_text(CSV, encoding="utf-8")
    embedder = Counting("other")
    meanings = Meanings(embedder)
    preview([tmp_path], meanings=meanings)
    assert embedder.asked == [["colour", "holder"], ["zorp"]]
    assert meanings.how == "1 headers by meaning: other"


def test_a_text_is_embedded_once_in_a_process() -> None:
    embedder = Counting(LABELLED.model)
    assert Meanings(embedder).embed(["Zorp", "zorp", "Blimf"]) == [[4.0, *[0.0] * 383]] * 2 + [[5.0, *[0.0] * 383]]
    Meanings(embedder).embed(["BLIMF", "gnarl"])
    assert embedder.asked == [["zorp", "blimf"], ["gnarl"]]


def test_more_texts_than_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MOST_REMEMBERED", 2)
    embedder = Counting(LABELLED.model)
    Meanings(embedder).embed(["a", "bb"])
    assert [v[0] for v in Meanings(embedder).embed(["bb", "ccc"])] == [2.0, 3.0]


def test_labelled_headers_of_another_model_are_embedded_once_and_kept(tmp_path: Path) -> None:
    for _ in range(2):
        embedder = Counting("other")
        meanings = Meanings(embedder, cache=tmp_path / "cache")
        meanings.embed([])
        labelled = meanings.labelled()
        assert (labelled.model, labelled.texts, labelled.fields) == ("other", LABELLED.texts, LABELLED.fields)
        assert labelled.vectors[:, 0].tolist() in ([6.0, 6.0, 6.0], [1.0, 1.0, 1.0])
    assert embedder.asked == []
    assert len(list((tmp_path / "cache").iterdir())) == 1


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04broken", b"text"], ids=["empty", "cut off", "text"])
def test_a_broken_cache_is_made_anew(content: bytes, tmp_path: Path) -> None:
    Meanings(Counting("other"), cache=tmp_path).embed([])
    (kept,) = tmp_path.iterdir()
    kept.write_bytes(content)
    embedder = Counting("other")
    Meanings(embedder, cache=tmp_path).embed([])
    assert embedder.asked == [["colour", "holder"]]
    assert kept.stat().st_size > 500


def test_a_cache_that_cannot_be_written_is_done_without(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file", encoding="utf-8")
    embedder = Counting("other")
    assert len(Meanings(embedder, cache=tmp_path / "cache").embed(["Zorp"])) == 1


def test_a_model_beyond_this_machine_is_asked_at_a_desk(tmp_path: Path) -> None:
    with serving(embedding) as endpoint:
        settings = Settings(tmp_path, model_base_url=endpoint.url, embedding_model="m")
        assert meanings_of(settings).embed(["Zorp"]) == []
        assert meanings_of(settings).how.startswith("not compared: only a tenant's runs")
        assert endpoint.requests == []
        meanings = meanings_of(settings, Desk())
        assert len(meanings.embed(["Zorp of host-1"])) == 1
    sent = [text for request in endpoint.requests for text in request.document["input"]]
    assert sent == ["colour", "holder", "zorp of host 1"]
    assert meanings.labelled().model == f"m at {endpoint.url}"
    assert len(list((tmp_path / "cache").iterdir())) == 1
