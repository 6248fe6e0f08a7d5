"""What a person sees of a model's second opinion: how it was asked, what it is worth, what it chose."""

from collections import Counter
from typing import Any

import dagster as dg
import polars as pl

from discovery_pipeline.defs.metadata import markdown
from discovery_pipeline.domain.mapping.model_evidence import Reliability
from discovery_pipeline.services.mapping.model_answers import Opinion

SHOWN = 100


def opinion_metadata(opinion: Opinion, seconds_left: float) -> dict[str, Any]:
    """Counts, tokens, cost, reliability and the doubtful columns' answers; counts only where nothing was asked."""
    shown: dict[str, Any] = {"doubtful": opinion.doubtful, "questions": opinion.questions, "settled": opinion.settled}
    if not opinion.questions:
        return shown
    outcomes = Counter(call.outcome for call in opinion.calls)
    cost = {} if opinion.cost_usd is None else {"cost_usd": opinion.cost_usd}
    return {
        **shown,
        "reused": opinion.reused,
        "fell_back": opinion.unanswered,
        "rejected": opinion.rejected,
        "calls": len(opinion.calls),
        "outcomes": ", ".join(f"{outcome} {count}" for outcome, count in sorted(outcomes.items())) or "none",
        "prompt_tokens": sum(call.prompt_tokens or 0 for call in opinion.calls),
        "completion_tokens": sum(call.completion_tokens or 0 for call in opinion.calls),
        **cost,
        "reliability": _reliability(opinion),
        "deadline_left_s": round(seconds_left, 1),
        "answers": _answers(opinion.answers),
    }


def _reliability(opinion: Opinion) -> dg.MarkdownMetadataValue:
    kinds = {"a field": opinion.trust.fields, "none": opinion.trust.none} if opinion.trust else {}
    names = ["answer", "controls", "right", "lower bound", "weight"]
    rows = [(name, *_row(kind)) for name, kind in kinds.items()]
    return markdown(pl.DataFrame(rows, schema=names, orient="row"))


def _row(kind: Reliability) -> tuple[int, int, float, float]:
    return kind.answered, kind.right, kind.bound, kind.weight


def _answers(answers: pl.DataFrame) -> dg.MarkdownMetadataValue:
    doubtful = answers.filter(pl.col("expected").is_null()).head(SHOWN)
    chosen = pl.col("chosen").replace({"": "none"}).fill_null("not offered")
    return markdown(doubtful.select("table_no", "position", "header", chosen.alias("answer")))
