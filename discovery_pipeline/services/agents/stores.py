"""What a desk needs of the stores, for one tenant's run."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from discovery_pipeline.agents.ports import KeptAnswer, Page, Refused, Reservation, Wanted
from discovery_pipeline.agents.prices import PriceList
from discovery_pipeline.domain.spending import Limits, micro
from discovery_pipeline.services.agents.merging import Merging
from discovery_pipeline.store.budgets import WantedCall, close_reservations, reserve_calls
from discovery_pipeline.store.kept_answers import KeptRow, find_answers
from discovery_pipeline.store.ledger import Line
from discovery_pipeline.store.model_accounts import write_page
from discovery_pipeline.store.session import Database

# No call takes as long: what other runs set aside before it and never settled is theirs no more.
_FORGOTTEN_AFTER = timedelta(hours=1)


@dataclass
class TenantAccounts:
    """The limits on one run of a tenant, its ledger and the tenant's kept answers.

    Calls that several threads reserve at the same moment share one commit; one alone takes some 2 ms.
    """

    database: Database
    tenant: str
    run_id: str
    limits: Limits
    prices: PriceList
    _has_begun: bool = False

    def __post_init__(self) -> None:
        self._reserving = Merging(self._reserve_all)

    def find(self, keys: Collection[str]) -> Mapping[str, KeptAnswer]:
        """Answers that the tenant's runs kept, those there are. Raises Unreachable."""
        rows = find_answers(self.database, self.tenant, keys)
        return {
            row.question: KeptAnswer(
                row.text, row.model, row.prompt_tokens, row.completion_tokens, row.provider, row.prompt
            )
            for row in rows
        }

    def reserve(self, wanted: Wanted) -> Reservation | Refused:
        """Set aside the most that a call may cost. Raises Unreachable, UsageError for an unknown tenant."""
        usd = self.prices.most(wanted)
        call = WantedCall(uuid4().hex, micro(usd))
        why = self._reserving.do(call)
        return Reservation(call.call_id, usd) if why is None else Refused(why)

    def write(self, page: Page) -> None:
        """Write all of it in one transaction. Raises Unreachable, UsageError for an unknown tenant."""
        lines = [Line(key, call, self.prices.cost(call)) for key, call in page.calls.items()]
        paid = {line.key: micro(line.usd) for line in lines if line.call.is_made} | dict.fromkeys(page.unused, 0)
        answers = [
            KeptRow(key, a.text, a.provider, a.model, a.prompt, a.prompt_tokens, a.completion_tokens)
            for key, a in page.answers.items()
        ]
        write_page(self.database, self.tenant, self.run_id, lines, paid, answers, page.outdated)

    def _reserve_all(self, calls: Sequence[WantedCall]) -> list[str | None]:
        now = datetime.now(UTC)
        if not self._has_begun:
            close_reservations(self.database, self.tenant, now - _FORGOTTEN_AFTER, self.run_id)
            self._has_begun = True
        return reserve_calls(self.database, self.tenant, self.run_id, calls, self.limits, now)
