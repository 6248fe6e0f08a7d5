"""How far what was learned is trusted: the belief arithmetic of domain/learning, applied to patterns."""

from __future__ import annotations

from datetime import datetime

from discovery_pipeline.domain.learning.belief import belief
from discovery_pipeline.domain.learning.patterns import Pattern


def trust_of(pattern: Pattern, today: datetime | None) -> float:
    """How likely a pattern still holds, in (0, 1). today: the newest snapshot's date, UTC without zone."""
    return belief(pattern.authors, pattern.contradicted, pattern.strengthened_at, today).mean
