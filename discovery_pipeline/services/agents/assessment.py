"""What models add to an assessment: texts in place of the stated ones, and the order of questions of equal worth.

Nothing else of the assessment depends on it. Keep out: what is asked and how (agents), what follows (domain).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import polars as pl

from discovery_pipeline.agents.analysis import word_narratives
from discovery_pipeline.agents.choosing import Opinion
from discovery_pipeline.agents.desk import Desk
from discovery_pipeline.agents.pseudonyms import KnownNames
from discovery_pipeline.agents.questions import ask_order, word_questions
from discovery_pipeline.agents.texts import Texts
from discovery_pipeline.domain.analysis.assess import AnalysisOutcome
from discovery_pipeline.domain.analysis.narratives.narrative import Written, narratives_frame
from discovery_pipeline.domain.analysis.questions.order import order_controls, order_doubts, reordered
from discovery_pipeline.domain.opinions.advice import ADVISED, advised


@dataclass(frozen=True)
class Worded:
    """questions: QUESTIONS. narratives: NARRATIVES. order: the opinion about the order, None where nobody was asked.
    texts: what each agent worded. advised: ADVISED, questions whose rank is another one."""

    questions: pl.DataFrame
    narratives: pl.DataFrame
    order: Opinion | None
    texts: tuple[Texts, ...]
    advised: pl.DataFrame

    @property
    def opinions(self) -> tuple[Opinion, ...]:
        return (self.order,) if self.order else ()

    @property
    def consulted(self) -> tuple[Opinion | Texts, ...]:
        """Everybody who was asked something."""
        return (*self.opinions, *self.texts)


def worded(desk: Desk, outcome: AnalysisOutcome, known: Callable[[], KnownNames], *, in_doubt: bool) -> Worded:
    """The questions and narratives of an assessment as they stand after models were asked, if any can be.

    known: gathers the tenant's names; called only where somebody is asked. in_doubt: whether earlier phases had to ask;
    where they had not, nobody is asked here either: an estate that is clear costs nothing.
    """
    stated = outcome.narratives
    if not desk.is_open or not in_doubt or not stated:
        empty = pl.DataFrame(schema=ADVISED)
        return Worded(outcome.questions, narratives_frame(stated), None, (), empty)
    names = known()
    order = ask_order(desk, order_doubts(outcome.questions), order_controls(), names)
    questions, changes = reordered(outcome.questions, advised(order.answers, order.trust))
    texts = (word_narratives(desk, stated, names), word_questions(desk, stated, names))
    return Worded(questions, narratives_frame(stated, _written(*texts)), order, texts, changes)


def _written(*texts: Texts) -> Mapping[str, Written]:
    return {key: Written(text.text, text.model) for some in texts for key, text in some.texts.items()}
