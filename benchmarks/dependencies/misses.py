"""Examples of each kind of error with its evidence, for people who mend it."""

from __future__ import annotations

import polars as pl

from benchmarks.dependencies.judge import BELIEVED, Judged
from benchmarks.dependencies.members import _held


def report(judged: Judged, examples: int) -> str:
    """Lines: edges believed that are false, edges missed, servers in the wrong application."""
    lines = []
    for kind in ("tier", "application"):
        false = judged.verdicts.filter(
            pl.col("kind") == kind, pl.col("confidence") >= BELIEVED, "counted", ~pl.col("right")
        )
        lines.append(f"  false {kind}: {false.height}")
        shown = false.sample(min(examples, false.height), seed=1) if false.height else false
        lines += [f"    {_edge(judged, row)}" for row in shown.iter_rows(named=True)]
        missed = judged.missed(kind)
        by = ", ".join(
            f"{what} {n}" for what, n in missed.group_by("what").len().sort("len", descending=True).iter_rows()
        )
        lines.append(f"  missed {kind}: {missed.height} ({by})")
        shown = missed.sample(min(examples, missed.height), seed=1) if missed.height else missed
        lines += [f"    {_missed(judged, row)}" for row in shown.iter_rows(named=True)]
    return "\n".join([*lines, *_members(judged, examples)])


def _thing(judged: Judged, true_id: str) -> str:
    found = judged.labels.base.assets.filter(true_id=true_id)
    if found.is_empty():
        known = judged.made.inventory.filter(asset_id=true_id)
        name = (
            known.select(pl.coalesce("hostname", pl.col("application_name").list.first())).item()
            if known.height
            else ""
        )
        return f"{true_id}={name} (unknown to the truth)" if known.height else true_id
    row = found.row(0, named=True)
    members = judged.labels.members.filter(true_id=true_id)
    service = members["service"][0] if members.height else ""
    what = row["application_name"] if row["type"] != "application" else "application"
    return f"{row['name']} [{service or what}{' ' + row['story'] if row['story'] else ''} {row['ip_address']}]"


def _edge(judged: Judged, row: dict[str, object]) -> str:
    ends = " -> ".join(_thing(judged, str(row[end])) for end in ("source", "target"))
    # What the truth has for this pair: a wrong kind is another error than no edge at all.
    true = judged.true.filter(source=row["source"], target=row["target"])
    kinds = "; ".join(f"{'|'.join(k)} ({w})" for k, w in true.select("kinds", "what").iter_rows()) or "nothing"
    return f"{ends} {row['confidence']} x{row['observations']} {row['evidence']} truth: {kinds}"


def _missed(judged: Judged, row: dict[str, object]) -> str:
    ends = " -> ".join(_thing(judged, str(row[end])) for end in ("source", "target"))
    got = judged.found.filter(source=row["source"], target=row["target"])
    back = judged.found.filter(source=row["target"], target=row["source"])
    said = [f"{k} {c} {e}" for k, c, e in got.select("kind", "confidence", "evidence").iter_rows()]
    said += [f"turned: {k} {c} {e}" for k, c, e in back.select("kind", "confidence", "evidence").iter_rows()]
    return f"{ends} ({row['what']}, told {row['told']}) found: {said or 'nothing'}"


def _members(judged: Judged, examples: int) -> list[str]:
    held = _held(judged).join(judged.labels.members, on="true_id")
    wrong = held.filter(
        pl.col("applications").list.len() > 0, pl.col("means").is_not_null(),
        ~pl.col("means").is_in(pl.concat_list("applications", "users")),
    )  # fmt: skip
    shown = wrong.sample(min(examples, wrong.height), seed=1) if wrong.height else wrong
    rows = [
        f"    {_thing(judged, r['true_id'])} held by {_thing(judged, r['means'])}" for r in shown.iter_rows(named=True)
    ]
    return [f"  wrong members: {wrong.height}", *rows]
