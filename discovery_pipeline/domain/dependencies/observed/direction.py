"""Who is the server of a talk whose ports leave it open: told by open ports, by fan-in, by programs, by other talks.

Talks stand at places (an asset, or an address of none) by now, so that what one export says of a host teaches how to
read another's. Keep out: ports that tell it alone (records), and how much a talk is believed.
"""

from __future__ import annotations

import polars as pl

from discovery_pipeline.domain.dependencies.ports.registry import EPHEMERAL_FROM

# A port that this many different ends meet is offered; the other end's must be met by half as many at most.
_MIN_FAN_IN = 3
_FAN_IN_RATIO = 2
_LISTENS, _SERVES, _MET = 3, 2, 1
_ENDPOINT = ["place", "port"]


def _endpoints(talks: pl.DataFrame) -> pl.DataFrame:
    """Columns place, port, peer, peer_port: both ends of the unclear talks, each with the other."""
    unclear = talks.filter("unclear")
    server = unclear.select(place="server", port="server_port", peer="client", peer_port="client_port")
    client = unclear.select(place="client", port="client_port", peer="server", peer_port="server_port")
    return pl.concat([server, client]).drop_nulls("port")


def _signs(talks: pl.DataFrame, listening: pl.DataFrame) -> pl.DataFrame:
    """Columns place, port, sign, fan_in of what is known to be offered, and how many ends meet at other ports."""
    serves = talks.filter(~pl.col("unclear")).select(place="server", port="server_port").drop_nulls().unique()
    signs = pl.concat(
        [
            listening.select(*_ENDPOINT, sign=pl.lit(_LISTENS)).unique(),
            serves.with_columns(sign=pl.lit(_SERVES)),
        ]
    )
    fans = _endpoints(talks).unique().group_by(_ENDPOINT).agg(fan_in=pl.len().cast(pl.Int64))
    told = signs.group_by(_ENDPOINT).agg(pl.col("sign").max())
    return fans.join(told, on=_ENDPOINT, how="left")


def _with_signs(unclear: pl.DataFrame, signs: pl.DataFrame) -> pl.DataFrame:
    for side in ("client", "server"):
        renamed = signs.rename(
            {"place": side, "port": f"{side}_port", "sign": f"{side}_sign", "fan_in": f"{side}_fans"}
        )
        unclear = unclear.join(renamed, on=[side, f"{side}_port"], how="left")
    signed = unclear.with_columns(pl.col("client_sign", "server_sign").fill_null(0), pl.col("^.*_fans$").fill_null(0))
    met = {
        f"{a}_sign": pl.max_horizontal(
            f"{a}_sign",
            pl.when(
                pl.col(f"{a}_fans") >= _MIN_FAN_IN, pl.col(f"{a}_fans") >= _FAN_IN_RATIO * pl.col(f"{b}_fans")
            ).then(_MET).otherwise(0),
        )
        for a, b in (("client", "server"), ("server", "client"))
    }  # fmt: skip
    return signed.with_columns(**met)


def _led(unclear: pl.DataFrame, talks: pl.DataFrame) -> pl.DataFrame:
    """unclear plus led: +1 where the two ends' clear talks all go the same way as this one, -1 the other, 0 unknown.

    Data channels (RPC, passive FTP) follow the call that opened them.
    """
    clear = talks.filter(~pl.col("unclear")).select("client", "server").unique()
    same = clear.with_columns(same=pl.lit(value=True))
    back = clear.select(client="server", server="client", back=pl.lit(value=True))
    joined = unclear.join(same, on=["client", "server"], how="left").join(back, on=["client", "server"], how="left")
    ways = pl.col("same").is_not_null().cast(pl.Int8) - pl.col("back").is_not_null().cast(pl.Int8)
    return joined.with_columns(led=ways).drop("same", "back")


def _swapped(talks: pl.DataFrame, when: pl.Expr) -> pl.DataFrame:
    pairs = (("client", "server"), ("server", "client"), ("client_port", "server_port"), ("server_port", "client_port"))
    return talks.with_columns(**{a: pl.when(when).then(b).otherwise(a) for a, b in pairs})


def _by_first_word(guessed: pl.DataFrame) -> pl.DataFrame:
    """Of talks told by nothing that were seen both ways: the way that was seen first, then the lesser end's."""
    low, high = pl.min_horizontal("client", "server"), pl.max_horizontal("client", "server")
    ordered = guessed.with_columns(low=low, high=high).sort(
        "low", "high", "first_seen", "client", "server", "client_port", "server_port", nulls_last=True
    )
    first = ordered.group_by("low", "high", maintain_order=True).agg(caller=pl.col("client").first())
    both = ordered.join(first, on=["low", "high"], how="left", maintain_order="left")
    return _swapped(both, pl.col("client") != pl.col("caller")).drop("low", "high", "caller")


def directed(talks: pl.DataFrame, listening: pl.DataFrame) -> pl.DataFrame:
    """talks with client and server as far as anything tells, column port and `guessed` (nothing told the direction).

    talks: TALKS whose client and server are places (String). listening: columns place, port.
    """
    clear = talks.filter(~pl.col("unclear")).with_columns(guessed=pl.lit(value=False))
    unclear = talks.filter("unclear")
    if unclear.is_empty():
        return clear.rename({"server_port": "port"}).drop("client_port", "unclear")
    signed = _led(_with_signs(unclear, _signs(talks, listening)), talks)
    leans = pl.col("server_sign") - pl.col("client_sign")
    program = pl.col("role").is_not_null().cast(pl.Int8)
    lean = pl.when(leans != 0).then(leans).when(program > 0).then(program).otherwise("led")
    told = _swapped(signed.with_columns(lean=lean, known=leans != 0), pl.col("lean") < 0)
    sure = told.filter(pl.col("lean") != 0).with_columns(guessed=pl.lit(value=False))
    guessed = _by_first_word(told.filter(pl.col("lean") == 0)).with_columns(guessed=pl.lit(value=True))
    # A number inside the ephemeral range that nobody is known to offer names no service.
    named = pl.when(pl.col("known") | (pl.col("server_port") < EPHEMERAL_FROM)).then("server_port")
    decided = pl.concat([sure, guessed]).with_columns(server_port=named).select(clear.columns)
    return pl.concat([clear, decided]).rename({"server_port": "port"}).drop("client_port", "unclear")
