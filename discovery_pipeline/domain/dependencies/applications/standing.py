"""Servers that stand elsewhere than their name says: in the middle of another application, or at another's old address.

Keep out: what follows for the edges between applications (between), and which server serves what (infer).
"""

from __future__ import annotations

import polars as pl

# A machine that was watched has a day without calls now and then; this share of the watching is silence.
_SILENT_SHARE = 0.25
_MIN_CALLS, _MIN_CALLS_ALONE = 2, 3
_KEY = ["asset_id", "application_id"]
_ENDS = (("from_asset", "to_asset"), ("to_asset", "from_asset"))


def _with_others(tiers: pl.DataFrame, serving: pl.DataFrame) -> pl.DataFrame:
    """asset_id, application_id, other, out, ports, confidence, first_seen, last_seen: each server's calls with others.

    Those of applications that it doesn't serve; out: that it is the one that calls, to `other`.
    """
    kept = ["ports", "confidence", "first_seen", "last_seen"]
    both = pl.concat(
        [
            tiers.select(*kept, asset_id="from_asset", other="to_asset", out=pl.lit(value=True)),
            tiers.select(*kept, asset_id="to_asset", other="from_asset", out=pl.lit(value=False)),
        ]
    )
    whose = serving.select(other="asset_id", application_id="application_id")
    own = serving.select(*_KEY)
    known = both.join(serving.select("asset_id").unique(), on="asset_id", how="semi")
    return known.join(whose, on="other").join(own, on=_KEY, how="anti")


def _ports_inside(tiers: pl.DataFrame, serving: pl.DataFrame) -> pl.DataFrame:
    """from_asset, to_asset, application_id, port: the calls between servers of one application."""
    calls = tiers.select("from_asset", "to_asset", port="ports").explode("port", empty_as_null=False)
    client = calls.drop_nulls().join(
        serving.select(from_asset="asset_id", application_id="application_id"), on="from_asset"
    )
    return client.join(
        serving.select(to_asset="asset_id", application_id="application_id"), on=["to_asset", "application_id"]
    )


def stand_amid(tiers: pl.DataFrame, serving: pl.DataFrame) -> pl.DataFrame:
    """asset_id, application_id, confidence: servers amid the tiers of an application that they aren't known to serve.

    They are called by its servers as these call their own, and call its servers as its own do, on the same ports. What
    else calls there means that application as likely. confidence: that of the surest call each way, both together.
    tiers: believed tier edges of DEPENDENCIES. serving: asset_id, application_id.
    """
    calls = (
        _with_others(tiers, serving).explode("ports", empty_as_null=False).rename({"ports": "port"}).drop_nulls("port")
    )
    inside = _ports_inside(tiers, serving)
    callers = inside.select("application_id", "port", other="from_asset").unique()
    called = inside.select("application_id", "port", other="to_asset").unique()
    by = calls.filter(~pl.col("out")).join(callers, on=["application_id", "port", "other"], how="semi")
    to = calls.filter("out").join(called, on=["application_id", "port", "other"], how="semi")
    surest = [calls.group_by(_KEY).agg(pl.col("confidence").max()) for calls in (by, to)]
    both = surest[0].join(surest[1], on=_KEY)
    return both.select(*_KEY, confidence=pl.col("confidence") * pl.col("confidence_right")).sort(_KEY)


def _begun_with_others(dated: pl.DataFrame, calls: pl.DataFrame) -> pl.DataFrame:
    """asset_id, application_id, begun: when the server's calls with anything but that application's servers began."""
    touched = pl.concat([dated.select("first_seen", asset_id=a, other=b) for a, b in _ENDS])
    pairs = calls.select(_KEY).unique()
    theirs = calls.select(*_KEY, "other").unique()
    others = pairs.join(touched, on="asset_id").join(theirs, on=[*_KEY, "other"], how="anti")
    return others.group_by(_KEY).agg(begun=pl.col("first_seen").min())


def former_holders(tiers: pl.DataFrame, serving: pl.DataFrame) -> pl.DataFrame:
    """asset_id, application_id: servers whose calls with that application all ended before their other calls began.

    Somebody else had their address then: a machine of that application, which no export may have. Without other calls,
    those in both directions that ended long before the watching did. One call may be chance. Arguments as stand_amid's.
    """
    dated = tiers.filter(pl.col("first_seen").is_not_null(), pl.col("last_seen").is_not_null())
    if dated.is_empty():
        return serving.select(_KEY).clear()
    calls = _with_others(dated, serving)
    pairs = calls.group_by(_KEY).agg(calls=pl.len(), ways=pl.col("out").n_unique(), ended=pl.col("last_seen").max())
    known = pairs.join(_begun_with_others(dated, calls), on=_KEY, how="left")
    watched = dated.select(
        until=pl.col("last_seen").max(),
        silence=(pl.col("last_seen").max() - pl.col("first_seen").min()) * _SILENT_SHARE,
    )
    before = (pl.col("ended") <= pl.col("begun")) & (pl.col("calls") >= _MIN_CALLS)
    silent = pl.col("ended") < pl.col("until") - pl.col("silence")
    alone = pl.col("begun").is_null() & silent & (pl.col("ways") == 2) & (pl.col("calls") >= _MIN_CALLS_ALONE)
    found = known.join(watched, how="cross").filter(before.fill_null(value=False) | alone)
    return found.select(_KEY).sort(_KEY)
