"""Names as keys: the one way in which the phases decide that two spellings mean the same machine.

Belongs here: text and host-name expressions that more than one phase needs. Stays out: anything that looks at more than
the one value, and the named cleansing rules.
"""

from __future__ import annotations

import polars as pl

IPV4 = r"(?:\d{1,3}\.){3}\d{1,3}"
_LABEL = r"[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?"
_TOP = r"(?:[a-z]{2,24}|xn--[a-z0-9-]+)"
# One label after the name is a domain only where nobody would use it inside a name: "web.prod" and "web.test" are two
# machines, "web.local" is one.
_PRIVATE_TOP = "(?:local|localdomain|lan|internal|intern|intranet|intra|corp|home|domain|private|ad|example)"
_DOMAIN = rf"(?:(?:{_LABEL}\.)+{_TOP}|{_PRIVATE_TOP})"
_QUALIFIED = rf"(?i)^{_LABEL}\.{_DOMAIN}$"
# "srv01\sqlexpress" is an instance on srv01; before the name of any machine stands its NetBIOS domain. Machines are
# numbered as a rule and domains are not, so "srv01\shop" is an instance as well.
INSTANCE = (
    r"(?i)^[^\\\s]+\\(?:mssql\w*|sqlexpress\w*|sql20\d\d|orcl\w*|oracle\w*|mysql\w*|mariadb\w*|postgres\w*|pgsql\w*|"
    r"db2\w*|hana\w*|inst(?:ance)?\d*)$|^[^\\\s]*\d\d\\[a-z_]+$"
)
_SHOWN = r"(?i)\S\s+\S|[_-](?:restored?|migrated|moved|converted|v2v|p2v|replica)$|_(?:prod|prd|production)$"
FQDN = rf"(?i)^(?:{_LABEL}\.)+{_TOP}$"


def clean_text(expr: pl.Expr) -> pl.Expr:
    """The text with every run of white space (no-break spaces too) as one blank, trimmed; null when nothing is left."""
    text = expr.str.replace_all(r"[\s\u00a0\u2007\u202f\u200b\ufeff]+", " ").str.strip_chars(" ")
    return pl.when(text != "").then(text)


def is_qualified(expr: pl.Expr) -> pl.Expr:
    """True where the value is a host name followed by a domain: two labels or more, or a private top domain."""
    return expr.str.contains(_QUALIFIED)


def short_name(expr: pl.Expr) -> pl.Expr:
    """A qualified name without its domain; anything else (addresses, display names with blanks) as it is."""
    return pl.when(is_qualified(expr)).then(expr.str.extract(r"^([^.]+)\.", 1)).otherwise(expr)


def domain_of(expr: pl.Expr) -> pl.Expr:
    """What follows the first dot of a dotted name, lower-case; null where there is no dot."""
    return expr.str.extract(r"^[^.]+\.(.+)$", 1).str.to_lowercase()


def is_shown_name(expr: pl.Expr) -> pl.Expr:
    """True for what a tool shows a machine under and none calls itself: with blanks, or with what became of it."""
    return expr.str.contains(_SHOWN)


def own_name(shown: pl.Expr, fqdn: pl.Expr) -> pl.Expr:
    """The name, or the first label of the DNS name beside it where it is only what a tool shows."""
    return pl.when(is_shown_name(shown)).then(pl.coalesce(fqdn.str.extract(r"^([^.]+)\.", 1), shown)).otherwise(shown)


def name_key(expr: pl.Expr) -> pl.Expr:
    """The key under which the spellings of a machine's name meet.

    Lower-case, without NetBIOS domain, machine-account "$", trailing dot and DNS domain. A database instance keeps its
    server.
    """
    lower = clean_text(expr).str.to_lowercase()
    name = lower.str.replace(r"^(?:\\\\)?(?:[^\\\s]+\\)?", "").str.strip_chars_end(".$")
    bare = pl.when(lower.str.contains(INSTANCE)).then(lower).otherwise(name)
    return short_name(pl.when(bare != "").then(bare))
