"""The rule file of strategies (strategy.yaml) as checked, frozen values, and the words and services beside it.

Keep out: facts, and what rules do with them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, get_args

from discovery_pipeline.domain.analysis.rules import FactTest, fact_tests, facts_named
from discovery_pipeline.domain.handoffs import Strategy
from discovery_pipeline.domain.packaged import packaged_yaml

# What a decision rests on: what the data says, the type of the asset, the members of the application, or evidence.
Basis = Literal["data", "type", "members", "evidence"]
Class = Literal["fit", "cost", "speed", "modernisation", "risk"]
STRATEGIES: tuple[Strategy, ...] = get_args(Strategy)
CLASSES: tuple[Class, ...] = get_args(Class)


@dataclass(frozen=True)
class Rule:
    """points: to strategies, in log-odds; of a hard rule to the one it decides. rests_on: whose doubts it shares."""

    id: str
    tests: tuple[FactTest, ...]
    points: Mapping[Strategy, float]
    kind: Class
    reason: str
    rests_on: Basis = "data"


@dataclass(frozen=True)
class Answer:
    """sets: facts that it gives. weight: how likely it is before an estate is seen."""

    answer: str
    sets: Mapping[str, Any]
    weight: float


@dataclass(frozen=True)
class Question:
    """open: when nothing known answers it. ask: the question, before and after the asset's name."""

    id: str
    open: tuple[FactTest, ...]
    ask: tuple[str, str]
    answers: tuple[Answer, ...]


@dataclass(frozen=True)
class Note:
    """A sentence that is added where its tests hold."""

    tests: tuple[FactTest, ...]
    reason: str


@dataclass(frozen=True)
class Rulebook:
    """hard: in order, the first decides; one rule of the file is one per strategy that it can name. prior: points that
    each strategy has before any evidence. usual: when each is so, told where no evidence speaks for it."""

    version: int
    prior: Mapping[Strategy, float]
    hard: tuple[Rule, ...]
    evidence: tuple[Rule, ...]
    notes: tuple[Note, ...]
    questions: tuple[Question, ...]
    usual: Mapping[Strategy, str]

    @property
    def tests(self) -> list[FactTest]:
        """Every distinct test, in order of appearance."""
        of_rules = [rule.tests for rule in (*self.hard, *self.evidence)]
        groups = [*of_rules, *(note.tests for note in self.notes), *(question.open for question in self.questions)]
        return list(dict.fromkeys(test for tests in groups for test in tests))

    @property
    def templates(self) -> list[str]:
        """Every sentence that fills in facts."""
        return [*(rule.reason for rule in (*self.hard, *self.evidence)), *(note.reason for note in self.notes)]


@cache
def rulebook() -> Rulebook:
    """The packaged rule file. Raises ValueError where it contradicts itself, which a test rules out."""
    return read_rules(packaged_yaml(__package__, "strategy.yaml"))


def read_rules(data: Mapping[str, Any]) -> Rulebook:
    """A rule file's content, checked. Raises ValueError."""
    hard = tuple(rule for entry in data["hard"] for rule in _hard(entry))
    evidence = tuple(_evidence(entry) for entry in data["evidence"])
    _distinct("rule", [*(entry["id"] for entry in data["hard"]), *(rule.id for rule in evidence)])
    questions = tuple(_question(entry) for entry in data["questions"])
    _distinct("question", [question.id for question in questions])
    notes = tuple(Note(fact_tests(entry["when"]), entry["reason"]) for entry in data["notes"])
    return Rulebook(data["version"], _points("prior", data["prior"]), hard, evidence, notes, questions, data["usual"])


def _hard(entry: Mapping[str, Any]) -> list[Rule]:
    """One rule per strategy that the entry can decide: the one that it says, or those that its fact may name."""
    named = facts_named(entry["strategy"])
    strategies = STRATEGIES if named else (entry["strategy"],)
    tests, points = fact_tests(entry["when"]), float(entry["points"])
    return [
        Rule(
            entry["id"],
            (*tests, FactTest(named[0], "is", (strategy,))) if named else tests,
            _points(entry["id"], {strategy: points}),
            "fit",
            entry["reason"],
            entry.get("rests_on", "data"),
        )
        for strategy in strategies
    ]


def _evidence(entry: Mapping[str, Any]) -> Rule:
    if entry["class"] not in CLASSES:
        raise ValueError(f"rule {entry['id']}: there is no class {entry['class']}")
    points = _points(entry["id"], entry["points"])
    return Rule(entry["id"], fact_tests(entry["when"]), points, entry["class"], entry["reason"], "evidence")


def _points(rule: str, said: Mapping[str, float]) -> dict[Strategy, float]:
    for strategy in said:
        if strategy not in STRATEGIES:
            raise ValueError(f"rule {rule}: there is no strategy {strategy}")
    return {strategy: float(said[strategy]) for strategy in STRATEGIES if strategy in said}


def _question(entry: Mapping[str, Any]) -> Question:
    answers = tuple(Answer(a["answer"], a["sets"], float(a["weight"])) for a in entry["answers"])
    if abs(sum(answer.weight for answer in answers) - 1) > 1e-9:
        raise ValueError(f"question {entry['id']}: the weights of its answers do not add up to 1")
    before, name, after = entry["ask"].partition("{display_name}")
    if not name or facts_named(after):
        raise ValueError(f"question {entry['id']}: it has to name {{display_name}} and nothing else")
    return Question(entry["id"], fact_tests(entry["open"]), (before, after), answers)


def _distinct(what: str, ids: Iterable[str]) -> None:
    seen: set[str] = set()
    for name in ids:
        if name in seen:
            raise ValueError(f"{what} {name} stands twice")
        seen.add(name)


@cache
def strategy_words() -> dict[str, Any]:
    """Words of plans, products that are sold as services, signals of descriptions (words.yaml)."""
    data: dict[str, Any] = packaged_yaml(__package__, "words.yaml")
    return data


@cache
def managed_services() -> dict[str, dict[str, str]]:
    """Per database product the services that run it, and from which release on (managed.yaml)."""
    engines: dict[str, dict[str, str]] = packaged_yaml(__package__, "managed.yaml")["engines"]
    return engines
