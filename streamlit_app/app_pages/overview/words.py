"""What wants a look, in words, and the page that each kind of it leads to. Keep out: counting (services.attention)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from discovery_pipeline.services.attention import Attention, Wanting


@dataclass(frozen=True)
class Wording:
    """one, many: what the number counts. why: it matters. do: of the link. page, items: where that leads."""

    one: str
    many: str
    why: str
    do: str
    page: str
    items: Mapping[str, str] = field(default_factory=dict)


WORDS: dict[Wanting, Wording] = {
    "checks": Wording(
        "check with a warning", "checks with a warning", "What the run itself found odd in its files or results.",
        "See the checks", "quality",
    ),
    "mappings": Wording(
        "column to review", "columns to review", "The run is not sure enough of what each of them holds.",
        "Review columns", "mappings", {"view": "To review"},
    ),
    "quarantine": Wording(
        "row set aside", "rows set aside", "They could not be used as they stand.", "Look at the rows",
        "records", {"part": "quarantine"},
    ),
    "disputed": Wording(
        "disputed value", "disputed values", "Sources contradict each other; one of them was believed.",
        "Settle disputes", "records", {"part": "conflicts"},
    ),
    "pairs": Wording(
        "pair alike", "pairs alike", "Two assets that may be one and the same.", "Compare them",
        "records", {"part": "pairs"},
    ),
    "types": Wording(
        "doubtful type", "doubtful types", "What kind of thing it is decides how it can move.", "Look at the types",
        "records", {"part": "types"},
    ),
    "leads": Wording(
        "unproven dependency", "unproven dependencies", "Shown as leads; groups and waves do not use them.",
        "Confirm or reject", "dependencies",
    ),
    "questions": Wording(
        "question to owners", "questions to owners", "Their answers would change the plan.",
        "Read the questions", "analysis", {"part": "questions"},
    ),
}  # fmt: skip


def counted(found: Attention) -> str:
    """What the number counts: "21 columns to review" without its number."""
    words = WORDS[found.kind]
    return words.one if found.count == 1 else words.many


def of_all(found: Attention) -> str:
    """How much of all there is that is; "" where there is no whole."""
    return f"of {found.of:,}" if found.of else ""


def nothing_in(found: tuple[Attention, ...]) -> str:
    """The kinds in which nothing wants a look, as one sentence; "" where there is none such."""
    clear = [WORDS[each.kind].many for each in found if not each.count]
    if not clear:
        return ""
    listed = clear[0] if len(clear) == 1 else f"{', '.join(clear[:-1])} and no {clear[-1]}"
    return f"No {listed}."
