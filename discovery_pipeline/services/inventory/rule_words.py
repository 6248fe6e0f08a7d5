"""What each rule that chose a value means, and why a claim lost, in words. Keep out: the rules (domain.inventory)."""

from __future__ import annotations

WHY = {
    "only_claim": "nobody else states it",
    "agreed": "all say the same",
    "majority": "the trust of those who say so, added up, is greater than that of any other value",
    "source_precedence": "its source is trusted most for this field",
    "tenant_precedence": "the tenant wants this source believed",
    "plausibility": "what stands against it can't be right beside the asset's other values",
    "newest": "it is the newest; what stands against it is out of date",
    "oldest": "it is the earliest",
    "first_listed": "nothing speaks for one value more than for another: the first that was listed",
    "most_exact": "all mean the same, and it says most",
    "united": "each source adds to the list",
    "detail_sum": "added up over the asset's parts",
    "own_name": "an application that is called by the name of its record",
    "corrected": "a person decided",
}
# By the codes of services/inventory/claims.
WHY_NOT = {
    "older": "out of date", "newer": "not the earliest", "outvoted": "the others weigh more together",
    "listed_later": "listed later", "not_preferred": "the tenant wants another source believed",
    "overruled": "a person decided otherwise", "outranked": "its source is trusted less for this field",
    "not_its_own": "belongs to another asset",
}  # fmt: skip
