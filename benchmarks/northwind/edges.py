"""The true dependencies, noted by each writer at the moment it writes the evidence for them."""

from __future__ import annotations

from dataclasses import dataclass, field

Key = tuple[str, str, str]


@dataclass
class Edges:
    """(from true_id, to true_id, to address) -> (kind, required).

    required: the exports state it plainly, so a good reading finds it. Not required: true, and fine to find, but
    following from a convention (membership, roll-up) rather than from a statement.
    """

    found: dict[Key, tuple[str, bool]] = field(default_factory=dict)

    def add(self, source: str, target: str, kind: str, *, required: bool = True, address: str = "") -> None:
        key = (source, target, address)
        known = self.found.get(key)
        if source != target and (known is None or required > known[1]):
            self.found[key] = (known[0] if known and known[1] else kind, required or bool(known and known[1]))
