"""What can be seen of a server that may tell its application: parts of its name, its owners, its place.

Which of these tell applications in an estate is measured (votes.py), not assumed: a site, a stage or a tier stands in
the names of many applications and so speaks for none. Keep out: applications.
"""

from __future__ import annotations

import polars as pl

from discovery_pipeline.domain.names import clean_text, short_name

# kind: what the trait is to people; text: the part as written, for comparison with applications' names.
TRAITS = {"s": pl.UInt32(), "trait": pl.String(), "kind": pl.String(), "text": pl.String()}
_OWNERS = ("business_owner", "technical_owner", "contact_email", "cost_center", "department")
_PLACES = ("vlan", "subnet", "tags")
# Of names written in one piece ("zrhpcrmweb01") the parts from these places of these lengths are tried.
_STARTS, _LENGTHS, _LEAST_PIECE = range(7), range(2, 7), 5
# A trait that more servers have than this tells no application of a size that there is.
_MOST_SERVERS = 5_000


def name_traits(servers: pl.DataFrame) -> pl.DataFrame:
    """TRAITS of host names: parts between separators, runs of letters, and pieces of names in one piece."""
    name = short_name(clean_text(pl.coalesce("hostname", "fqdn", "source_id")).str.to_lowercase())
    named = servers.select("s", name=name).drop_nulls("name")
    parts = named.select("s", trait=pl.col("name").str.extract_all(r"[\p{L}\p{N}]+"))
    runs = named.select("s", trait=pl.col("name").str.extract_all(r"\p{L}+"))
    listed = pl.concat([parts, runs]).explode("trait", empty_as_null=False).drop_nulls("trait")
    lettered = listed.filter(pl.col("trait").str.contains(r"\p{L}"), pl.col("trait").str.len_chars() >= 2)
    words = lettered.unique().with_columns(kind=pl.lit("name"), text=pl.col("trait"))
    return pl.concat([words.select(*TRAITS), _pieces(named)])


def _pieces(named: pl.DataFrame) -> pl.DataFrame:
    """TRAITS of names without separators: their letters' pieces, each with its place."""
    stem = named.select("s", stem=pl.col("name").str.extract(r"^(\p{L}+)\d*$", 1)).drop_nulls("stem")
    long = stem.filter(pl.col("stem").str.len_chars() >= _LEAST_PIECE)
    distinct = long.select("stem").unique()
    fits = pl.col("stem").str.len_chars()
    parts = [
        distinct.filter(fits >= start + length).select(
            "stem",
            trait=pl.lit(f"{start + 1}-{start + length}:") + pl.col("stem").str.slice(start, length),
            text=pl.col("stem").str.slice(start, length),
        )
        for start in _STARTS
        for length in _LENGTHS
    ]
    joined = long.join(pl.concat(parts), on="stem").with_columns(kind=pl.lit("piece"))
    return joined.select(*TRAITS)


def owner_traits(servers: pl.DataFrame) -> pl.DataFrame:
    """TRAITS of the columns that say whose a server is and where it stands."""
    parts = [
        servers.select(
            "s", trait=pl.format("{}={}", pl.lit(column), clean_text(pl.col(column)).str.to_lowercase()),
            kind=pl.lit(column), text=pl.col(column),
        )
        for column in (*_OWNERS, *_PLACES)
    ]  # fmt: skip
    return pl.concat(parts).drop_nulls("trait").select(*TRAITS)


def telling(traits: pl.DataFrame) -> pl.DataFrame:
    """TRAITS that at least two servers and not most of an estate have."""
    number = pl.len().over("trait")
    return traits.filter(number >= 2, number <= _MOST_SERVERS)
