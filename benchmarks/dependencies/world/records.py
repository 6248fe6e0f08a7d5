"""What one collector sees of a world: a row per connection (or pair, or pair and day), with its noise. Still numbers.

Keep out: how a tool writes it (formats).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray

from benchmarks.dependencies.world.formats import Format
from benchmarks.dependencies.world.mess import Mess
from benchmarks.dependencies.world.population import World
from benchmarks.estate.hardware import TODAY

# call: row of the calls (-1: none). source, target: rows of things (-1: an address of nobody known). client: whether
# the source is the one that called. verdict: ok, denied, silent, listen, nobody (loopback, broadcast, multicast).
RECORDS: dict[str, pl.DataType] = {
    "call": pl.Int64(), "source": pl.Int64(), "target": pl.Int64(), "src_ip": pl.String(), "dst_ip": pl.String(),
    "sport": pl.Int64(), "dport": pl.Int64(), "protocol": pl.String(), "start": pl.Datetime("us"),
    "end": pl.Datetime("us"), "count": pl.Int64(), "bytes": pl.Int64(), "packets": pl.Int64(), "verdict": pl.String(),
    "client": pl.Boolean(), "process": pl.String(),
}  # fmt: skip
_ROWS, _EPHEMERAL = 6, 32_768
_ODD_PORTS = (22, 23, 80, 135, 139, 443, 445, 1433, 3306, 3389, 5900, 8080)
_HUMAN = (22, 3389, 3389, 445, 1433, 5985)
# How a tool shows that nothing came of a try -> verdict.
_REFUSALS = {"denied": "denied", "silent": "silent", "flags": "silent", "incomplete": "silent"}
_RETRIES = 12


@dataclass(frozen=True)
class Collector:
    """format: of its export. sees: per thing. sampling: share of connections it counts. began: of its records."""

    format: Format
    sees: NDArray[np.bool_]
    sampling: float
    began: datetime

    @property
    def days(self) -> float:
        return float(self.format.days)


def collectors(world: World, formats: list[Format], mess: Mess, rng: np.random.Generator) -> list[Collector]:
    """Two to four: the first sees nearly all servers, the others some."""
    found = []
    for nth, at in enumerate(rng.permutation(len(formats))[: int(rng.integers(2, 5))]):
        share = mess.covered if nth == 0 else rng.uniform(0.15, 0.6)
        began = TODAY - timedelta(days=float(formats[at].days + rng.integers(0, 4)))
        sampling = 1.0 if formats[at].view != "halves" or rng.random() < 0.5 else float(rng.uniform(0.1, 0.6))
        found.append(Collector(formats[at], rng.random(world.things.height) < share, sampling, began))
    return found


def observed(world: World, calls: pl.DataFrame, by: Collector, mess: Mess, rng: np.random.Generator) -> pl.DataFrame:
    """RECORDS of one collector, in the order of time."""
    real = _finished(_seen(calls, by, rng), world, by, rng)
    noise = [
        _strays(world, by, int(real.height * mess.strays), rng),
        _refused(world, by, int(real.height * mess.refused), rng),
        _foreign(world, calls, by, int(real.height * 0.02), rng),
        _nobody(world, by, int(real.height * 0.02), rng),
        _sweep(world, by, rng),
    ]
    records = pl.concat([real, *(frame for frame in noise if frame.height)])
    if by.format.view == "host":
        records = pl.concat([records, _listening(calls, world, by, rng)])
    return _as_viewed(records, by, mess, rng).sort("start", "call", "source", "target", "dport", "sport")


def _seen(calls: pl.DataFrame, by: Collector, rng: np.random.Generator) -> pl.DataFrame:
    """Rows of calls, each as often as the collector writes it: columns call, count, day (offset in days)."""
    source, target = calls["source"].to_numpy(), calls["target"].to_numpy()
    at_client, at_server = by.sees[source], (target >= 0) & by.sees[np.maximum(target, 0)]
    host = by.format.view == "host"
    connections = rng.poisson(calls["rate"].to_numpy() * by.days * by.sampling * (at_client | at_server))
    if host:
        # A look every so often catches what is open then: the more there are, the likelier.
        connections = rng.poisson(np.minimum(connections, 60) * 0.12 * 4)
    if by.format.grain == "total":
        rows = (connections > 0).astype(np.int64)
    elif by.format.grain == "daily":
        rows = np.minimum(connections, rng.integers(1, 4, len(connections)))
    else:
        rows = np.minimum(connections, rng.integers(1, _ROWS, len(connections)))
    index = np.repeat(np.arange(calls.height), rows)
    each = np.maximum(1, (connections / np.maximum(rows, 1)).astype(np.int64))[index]
    of_client = at_client[index] & (~at_server[index] | (rng.random(len(index)) < 0.6))
    columns = {
        "call": index,
        "count": np.where(by.format.grain == "raw", 1, each),
        "day": rng.random(len(index)) * by.days,
        "client": of_client if host else np.ones(len(index), dtype=bool),
    }
    ends = ("source", "target", "address", "port", "protocol", "process")
    return pl.DataFrame(columns).with_columns(calls[c].gather(index).alias(c) for c in ends)


def _finished(seen: pl.DataFrame, world: World, by: Collector, rng: np.random.Generator) -> pl.DataFrame:
    """RECORDS from rows of calls: addresses, ports, times and amounts. Of a second address few records come."""
    n = seen.height
    things = world.things
    second = pl.Series(rng.random(n) < 0.15)
    source_ip, source_ip2 = things["ip"].gather(seen["source"]), things["ip2"].gather(seen["source"])
    target = seen["target"].clip(0)
    target_ip = things["ip"].gather(target)
    total = by.format.grain == "total"
    start = pl.lit(by.began) + pl.duration(seconds=pl.col("day") * 86_400 * (0.1 if total else 1))
    amounts = rng.lognormal(8.5, 2, n).astype(np.int64) + 400
    last = pl.lit(by.began) + pl.duration(seconds=pl.max_horizontal("day", pl.lit(by.days * 0.9)) * 86_400)
    return seen.with_columns(
        src_ip=pl.when(second & source_ip2.is_not_null()).then(source_ip2).otherwise(source_ip),
        dst_ip=pl.when(pl.col("target") < 0).then("address").otherwise(target_ip),
        sport=pl.Series(rng.integers(_EPHEMERAL, 65_536, n)),
        dport="port",
        start=start.dt.truncate("1s"),
        end=(last if total else start + pl.duration(seconds=pl.lit(pl.Series(rng.integers(0, 300, n))))).dt.truncate(
            "1s"
        ),
        bytes=pl.Series(amounts) * pl.col("count"),
        packets=(pl.Series(amounts) // 400 + 4) * pl.col("count"),
        verdict=pl.lit("ok"),
    ).select(pl.col(c).cast(t) for c, t in RECORDS.items())


def _drawn(
    world: World, by: Collector, source: np.ndarray, target: np.ndarray, port: np.ndarray, verdict: np.ndarray,
    rng: np.random.Generator,
) -> pl.DataFrame:  # fmt: skip
    """RECORDS of no call, one connection each."""
    n = len(source)
    start = pl.lit(by.began) + pl.duration(
        seconds=pl.lit(pl.Series(rng.random(n) * by.days * 86_400, dtype=pl.Float64))
    )
    ok, tries = verdict == "ok", rng.integers(1, 4, n)
    frame = pl.DataFrame({"source": source, "target": target, "dport": port, "verdict": verdict}).with_columns(
        call=-1, src_ip=world.things["ip"].gather(source), dst_ip=world.things["ip"].gather(target),
        sport=pl.Series(rng.integers(_EPHEMERAL, 65_536, n)), protocol=pl.lit("tcp"), start=start.dt.truncate("1s"),
        end=start.dt.truncate("1s"), count=1, client=True, process=pl.lit(""),
        bytes=pl.Series(np.where(ok, rng.integers(700, 90_000, n), tries * 60)),
        packets=pl.Series(np.where(ok, rng.integers(6, 9, n), tries)),
    )  # fmt: skip
    return frame.select(pl.col(c).cast(t) for c, t in RECORDS.items())


def _strays(world: World, by: Collector, rows: int, rng: np.random.Generator) -> pl.DataFrame:
    """An administrator's session, a laptop's try: people, once."""
    servers, desktops = world.living()["number"].to_numpy(), world.estate.of("end_user_device")["number"].to_numpy()
    person = rng.random(rows) < 0.65
    source = np.where(person, rng.choice(desktops, rows), rng.choice(servers, rows))
    return _drawn(
        world, by, source, rng.choice(servers, rows), rng.choice(_HUMAN, rows), np.full(rows, "ok"), rng
    ).filter(pl.col("source") != pl.col("target"))


def _refused(world: World, by: Collector, rows: int, rng: np.random.Generator) -> pl.DataFrame:
    """Denied and unanswered tries, in the ways this tool can show them: few settings that nobody corrected, which try
    again and again, and a quarter of single tries."""
    ways = [w for w in by.format.tells if w in _REFUSALS]
    if not ways or rows < _RETRIES:
        return pl.DataFrame(schema=RECORDS)
    numbers = world.living()["number"].to_numpy()
    settings = np.concatenate([np.repeat(np.arange(rows * 3 // 4 // _RETRIES), _RETRIES), rows + np.arange(rows // 4)])
    which, of = np.unique(settings, return_inverse=True)
    source, target = rng.choice(numbers, len(which))[of], rng.choice(numbers, len(which))[of]
    verdict = np.array([_REFUSALS[w] for w in ways])[rng.integers(0, len(ways), len(which))[of]]
    found = _drawn(world, by, source, target, rng.choice(_ODD_PORTS, len(which))[of], verdict, rng)
    return found.filter(pl.col("source") != pl.col("target"))


def _foreign(world: World, calls: pl.DataFrame, by: Collector, rows: int, rng: np.random.Generator) -> pl.DataFrame:
    """Customers from outside, and colleagues behind the VPN's pool, at web servers."""
    web = calls.filter(pl.col("what") == "user")
    if web.is_empty() or not rows:
        return pl.DataFrame(schema=RECORDS)
    at = rng.integers(0, web.height, rows)
    frame = _drawn(
        world, by, np.zeros(rows, dtype=np.int64), web["target"].to_numpy()[at], web["port"].to_numpy()[at],
        np.full(rows, "ok"), rng,
    )  # fmt: skip
    outside = np.where(rng.random(rows) < 0.5, "198.18.", "10.250.")
    tails = rng.integers(1, 255, (rows, 2))
    return frame.with_columns(
        source=pl.lit(-1, pl.Int64),
        client=pl.lit(value=False),
        src_ip=pl.Series([f"{o}{a}.{b}" for o, (a, b) in zip(outside, tails, strict=True)]),
    )


def _nobody(world: World, by: Collector, rows: int, rng: np.random.Generator) -> pl.DataFrame:
    """Loopback, multicast and broadcast."""
    numbers = world.living()["number"].to_numpy()
    where = rng.choice(["224.0.0.251", "239.255.255.250", "255.255.255.255", "127.0.0.1"], rows)
    port = np.array([5353, 1900, 67, 8005])[rng.integers(0, 4, rows)]
    source = rng.choice(numbers, rows)
    frame = _drawn(world, by, source, source, port, np.full(rows, "nobody"), rng)
    return frame.with_columns(
        target=pl.lit(-1, pl.Int64), dst_ip=pl.Series(where.tolist(), dtype=pl.String), protocol=pl.lit("udp"),
        src_ip=pl.when(pl.Series(where == "127.0.0.1")).then(pl.lit("127.0.0.1")).otherwise("src_ip"),
    )  # fmt: skip


def _sweep(world: World, by: Collector, rng: np.random.Generator) -> pl.DataFrame:
    """Somebody tries many ports of many servers within the hour; some answer. Not in every estate."""
    if rng.random() < 0.6:
        return pl.DataFrame(schema=RECORDS)
    targets = rng.permutation(world.living()["number"].to_numpy())[:120]
    source = int(rng.choice(world.estate.of("end_user_device")["number"].to_numpy()))
    pairs = np.repeat(targets, 8)
    silent = [w for w in by.format.tells if w in ("silent", "denied", "flags")]
    answered = rng.random(len(pairs)) < (0.25 if silent else 1.0)
    bad = "denied" if "denied" in silent else "silent"
    frame = _drawn(
        world, by, np.full(len(pairs), source), pairs, rng.choice(_ODD_PORTS, len(pairs)),
        np.where(answered, "ok", bad), rng,
    )  # fmt: skip
    hour = pl.lit(by.began) + pl.duration(hours=float(rng.random() * by.days * 24))
    return frame.with_columns(start=hour.dt.truncate("1s"), end=hour.dt.truncate("1s"))


def _listening(calls: pl.DataFrame, world: World, by: Collector, rng: np.random.Generator) -> pl.DataFrame:
    """Sockets that wait, on the hosts that the collector visits."""
    ports = calls.filter(pl.col("target") >= 0).select("target", "port", "process").unique(
        ["target", "port"], keep="first", maintain_order=True
    )  # fmt: skip
    ports = ports.filter(pl.Series(by.sees[ports["target"].to_numpy()]))
    numbers = ports["target"].to_numpy()
    frame = _drawn(world, by, numbers, numbers, np.zeros(len(numbers)), np.full(len(numbers), "listen"), rng)
    return frame.with_columns(
        sport=ports["port"], process=ports["process"], target=pl.lit(-1, pl.Int64), dst_ip=pl.lit("0.0.0.0"),
        src_ip=pl.lit("0.0.0.0"),
    )  # fmt: skip


_SWAPPED = {"source": "target", "src_ip": "dst_ip", "sport": "dport"}


def _turned(records: pl.DataFrame) -> pl.DataFrame:
    both = {**_SWAPPED, **{b: a for a, b in _SWAPPED.items()}}
    return records.with_columns(*(pl.col(b).alias(a) for a, b in both.items()), client=~pl.col("client"))


def _as_viewed(records: pl.DataFrame, by: Collector, mess: Mess, rng: np.random.Generator) -> pl.DataFrame:
    """Ends in the order of the tool: the host's own first, both directions, or now and then the wrong way round."""
    n = records.height
    plain = pl.col("verdict") == "ok"
    if by.format.view == "host":
        at_server = plain & ~pl.col("client") & (pl.col("target") >= 0)
        return pl.concat([records.filter(~at_server), _turned(records.filter(at_server)).with_columns(client=False)])
    if by.format.view == "halves":
        answers = records.filter(pl.Series(rng.random(n) < 0.6) & plain)
        lost = pl.Series(rng.random(n) < mess.one_sided) & plain
        back = _turned(answers).with_columns(bytes=pl.col("bytes") * 3)
        alone = _turned(records.filter(lost))
        return pl.concat([records.filter(~lost), back, alone])
    if by.format.has_source_port:
        wrong = pl.Series(rng.random(n) < mess.turned) & plain
        return pl.concat([records.filter(~wrong), _turned(records.filter(wrong))])
    return records
