"""Sets that are joined or kept apart, against a plain search."""

from __future__ import annotations

import random

import pytest

from discovery_pipeline.domain.inventory.decisions.groups import Groups


@pytest.mark.parametrize("seed", range(8), ids=lambda seed: f"decisions {seed}")
def test_decisions_hold_as_long_as_nothing_earlier_forbids_them(seed: int) -> None:
    rng = random.Random(seed)
    groups, label, apart = Groups(), list(range(30)), set[tuple[int, int]]()
    for _ in range(80):
        one, other = rng.sample(range(30), 2)
        strangers = {label[one], label[other]} in [{label[a], label[b]} for a, b in apart]
        if rng.random() < 0.6:
            assert groups.join(one, other) is (not strangers)
            if not strangers:
                label = [label[one] if each == label[other] else each for each in label]
        else:
            assert groups.part(one, other) is (label[one] != label[other])
            if label[one] != label[other]:
                apart.add((one, other))
    assert [[groups.root(a) == groups.root(b) for a in range(30)] for b in range(30)] == [
        [a == b for a in label] for b in label
    ]
    assert {frozenset((label[a], label[b])) for a, b in groups.apart()} == {
        frozenset((label[a], label[b])) for a, b in apart
    }
