"""The desk adds little to a call; how little is what the benchmark measures on a machine that is left alone."""

from __future__ import annotations

from benchmarks.agents.overhead import ALLOWED_MS, overhead_table, overheads

# Other tests share the machine: what they take from one measurement, they do not take from each of several.
BUSY = 4
TRIES = 6


def test_the_desk_adds_little_to_a_call() -> None:
    for _ in range(TRIES):
        found = overheads(calls=12)
        if all(one.added_ms < BUSY * ALLOWED_MS for one in found):
            break
    assert [one.what for one in found] == ["one after the other", "eight at once", "an ask for each"]
    assert all(one.raw_ms > 0 and one.added_ms < BUSY * ALLOWED_MS for one in found)
    assert overhead_table(found).count("\n") == 4
