"""The checks of every phase that asks a model. Keep out: what an answer weighs (domain.opinions)."""

from __future__ import annotations

from discovery_pipeline.quality.checks import Check, none_of

MODEL_ANSWERED = Check(
    "model_answered", "The configured model answered every question put to it; without one there is none.",
    "discovery health; the ledger (discovery ledger TENANT) says how each call ended. The run goes on without the "
    "answers", facts=none_of("unanswered_questions"),
)  # fmt: skip
MODEL_TRUSTED = Check(
    "model_trusted", "The model was right on enough of what was known for its answers to weigh anything.",
    "set DISCOVERY_MODEL to a more capable model, or unset the endpoint: its answers changed nothing",
    facts=none_of("answers_without_weight"),
)  # fmt: skip
MODEL_CHECKS = (MODEL_ANSWERED, MODEL_TRUSTED)
