"""A small estate with something in doubt, and models that answer by a rule: for tests of second opinions."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

from discovery_pipeline.domain.handoffs import REGISTRY, CleanTable, empty
from discovery_pipeline.domain.inventory.changes import Before
from discovery_pipeline.domain.inventory.params import InventoryParams
from discovery_pipeline.domain.inventory.reconcile import InventoryOutcome, reconcile
from discovery_pipeline.domain.learning.rules import Rules
from discovery_pipeline.domain.opinions.doubts import Doubt
from discovery_pipeline.domain.opinions.trust import Answer
from discovery_pipeline_tests.domain.inventory.estate import clean_table, make_estate

_UUID = "4c4c4544-0051-3010-8052-b4c04f4e353"
# The same name and machine by all that is said of it, but it got another uuid.
REBUILT = {"hostname": "app01", "os_name": "Windows Server 2019", "memory_mib": 8192.0}
# What it is only somebody can tell who knows the model.
UNTYPED = (
    {"hostname": "lj-4711", "model": "LaserJet M608", "manufacturer": "HP", "is_virtual": False},
    {"hostname": "x9", "manufacturer": "Brother", "os_name": "unknown"},
    {"hostname": "core3", "os_name": "Linux 5"},
)

# Of a doubt, what a model says; the controls it may get right or not.
Says = Callable[[Doubt], str | None]


def tables() -> list[CleanTable]:
    """120 machines in five exports, a rebuilt one in two more, three of unclear type."""
    made = make_estate(7, 120).tables
    rebuilt = [clean_table(len(made) + n, [{**REBUILT, "uuid": f"{_UUID}{n}"}]) for n in range(2)]
    return [*made, *rebuilt, clean_table(len(made) + 2, UNTYPED)]


def inventory(
    given: Sequence[CleanTable], rules: Rules | None = None, *, gather_doubts: bool = False
) -> InventoryOutcome:
    """For tenant "acme", on its first run."""
    params = InventoryParams(gather_doubts=gather_doubts)
    return reconcile(given, empty(REGISTRY), Before(), "acme", params, rules=rules or Rules())


def knowing(doubts: Says) -> Says:
    """A model that knows every control."""
    return lambda doubt: doubt.expected if doubt.is_control else doubts(doubt)


def guessing(doubt: Doubt) -> str:
    return random.Random(doubt.key).choice(doubt.offers)


def inverted(doubt: Doubt) -> str:
    """Never what is known."""
    return next(offer for offer in doubt.offers if offer != doubt.expected)


def constant(choice: str) -> Says:
    return lambda doubt: choice if choice in doubt.offers else None


def answers(doubts: Sequence[Doubt], says: Says) -> tuple[Answer, ...]:
    return tuple(Answer(doubt, says(doubt), "m") for doubt in doubts)
