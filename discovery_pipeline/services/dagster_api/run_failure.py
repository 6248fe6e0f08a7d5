"""Why a run failed, out of its events: in the words of the asset that failed, else in Dagster's. Keep out: asking."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

_CLASS_NAME = re.compile(r"^[\w.]+\.\w+: ")
LOOK_IN_DAGSTER = "open the run in Dagster's UI"


@dataclass(frozen=True)
class RunFailure:
    """where: the asset that failed, and the place it named; "" when the run failed outside its assets."""

    message: str
    where: str
    advice: str


def read_failure(events: Iterable[Mapping[str, Any]]) -> RunFailure:
    """A failed blocking check before the error of the first asset that failed, before that of the run itself."""
    known = list(events)
    readers = (("AssetCheckEvaluationEvent", _check), ("ExecutionStepFailureEvent", _step), ("RunFailureEvent", _run))
    for typename, read in readers:
        for event in known:
            found = read(event) if event["__typename"] == typename else None
            if found:
                return found
    return RunFailure("the run ended without a word", "", LOOK_IN_DAGSTER)


def _check(event: Mapping[str, Any]) -> RunFailure | None:
    evaluation = event["evaluation"]
    if evaluation["success"] or evaluation["severity"] != "ERROR":
        return None
    said = _texts(evaluation["metadataEntries"])
    asset = "/".join(evaluation["assetKey"]["path"])
    return RunFailure(f"blocking check failed: {evaluation['checkName']}", asset, said.get("advice") or LOOK_IN_DAGSTER)


def _step(event: Mapping[str, Any]) -> RunFailure:
    """What the asset itself said (defs.failures): description, where and advice; else Dagster's first line."""
    metadata = event["failureMetadata"] or {"description": None, "metadataEntries": ()}
    said = {label: text for label, text in _texts(metadata["metadataEntries"]).items() if text != "-"}
    message = metadata["description"] or _first_line(event)
    where = ": ".join(part for part in (event["stepKey"], said.get("where")) if part)
    return RunFailure(message, where, said.get("advice") or LOOK_IN_DAGSTER)


def _run(event: Mapping[str, Any]) -> RunFailure:
    return RunFailure(_first_line(event), "", LOOK_IN_DAGSTER)


def _first_line(event: Mapping[str, Any]) -> str:
    """The innermost cause, without the name of its class: Dagster wraps what a resource or asset raised."""
    error = event["error"] or {"message": "", "causes": ()}
    texts = [event["message"], error["message"], *(cause["message"] for cause in error["causes"])]
    text = next(text for text in reversed(texts) if text.strip())
    return _CLASS_NAME.sub("", text.strip().splitlines()[0])


def _texts(entries: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    return {entry["label"]: entry["text"] for entry in entries if entry.get("text")}
