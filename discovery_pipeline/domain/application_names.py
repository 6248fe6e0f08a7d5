"""Applications by their names: the key under which spellings meet, and misspelt names told from names.

A misspelt name ("Biling") makes an application asset of its own in the inventory; here it is known for another spelling
of one that is better founded. Keep out: which asset serves which application (membership.py, dependencies).
"""

from __future__ import annotations

import polars as pl

# Columns of application_aliases: the misspelt application and the one that is meant.
ALIASES = {"alias_id": pl.String(), "application_id": pl.String()}
# A shorter name one letter off is as likely another name (CRM, CRN); a name has to be this much better founded than
# its misspelling: assets that name it, per asset that names the misspelling.
_LEAST_LETTERS, _TIMES_BETTER = 5, 3
# A misspelling is made so often, or once in so many times that the name is written.
_SLIPS, _SELDOM = 2, 10
# What people add to a name without meaning another application, as whole words at its end (English, German, French,
# Spanish); a stage of the application is the application.
_STAGES = (
    "prod|prd|production|live|test|tst|dev|development|devel|qa|uat|staging|stage|preprod|int|integration|dr|sandbox|"
    "produktion|entwicklung|abnahme|recette|producción|pruebas"
)
_ADDED = rf"(?i)[\s_\-/(\[]+(?:{_STAGES}|application|app|system|anwendung)[\s)\]]*$"


def application_key(name: pl.Expr) -> pl.Expr:
    """The key under which two spellings of an application's name meet: letters and digits, lower case."""
    key = name.str.to_lowercase().str.replace_all(r"[^\p{L}\p{N}+#]+", "")
    return pl.when(key != "").then(key)


def named_keys(inventory: pl.DataFrame) -> pl.DataFrame:
    """Columns application_key, application_id, name: every name of every application asset, a row each."""
    applications = inventory.filter(pl.col("classified_type") == "application")
    named = applications.select("asset_id", name=pl.col("application_name")).explode("name", empty_as_null=False)
    hosts = applications.select("asset_id", name="hostname")
    return (
        pl.concat([named, hosts])
        .select(application_key(pl.col("name")).alias("application_key"), "name", application_id="asset_id")
        .drop_nulls()
        .unique(["application_key", "application_id"])
        .sort("application_key", "application_id")
    )


def _standing(inventory: pl.DataFrame, keys: pl.DataFrame) -> pl.DataFrame:
    """named_keys plus described (a row of an export is about it) and used (assets that name it)."""
    described = inventory.select(application_id="asset_id", described=pl.col("record_count").fill_null(0) > 0)
    users = inventory.filter(pl.col("classified_type") != "application").select(name="application_name")
    named = users.explode("name", empty_as_null=False).drop_nulls("name").group_by("name").len("rows")
    used = named.group_by(application_key=application_key(pl.col("name"))).agg(used=pl.col("rows").sum())
    joined = keys.join(described, on="application_id", how="left").join(used, on="application_key", how="left")
    return joined.with_columns(pl.col("used").fill_null(0).cast(pl.Int64))


def _without_one(keys: pl.Series) -> pl.DataFrame:
    """Columns key, form: each key with one character left out, and whole.

    Two keys that differ by one wrong, missing, extra or swapped character have a form in common (symmetric deletion,
    W. Garbe's SymSpell, 2012), so near names are found by a join.
    """
    at = pl.int_ranges(0, pl.col("key").str.len_chars() + 1)
    spread = keys.unique().sort().to_frame("key").with_columns(at=at).explode("at", empty_as_null=False)
    form = pl.col("key").str.slice(0, pl.col("at")) + pl.col("key").str.slice(pl.col("at") + 1)
    return spread.select("key", form=form).unique()


def _misspelt(standing: pl.DataFrame) -> pl.DataFrame:
    """ALIASES, perhaps several per alias: undescribed names one edit away from a better founded one.

    Not in the first letter, where people see what they mistype (Yard is not Card), and no name that is used often.
    """
    long = standing.filter(pl.col("application_key").str.len_chars() >= _LEAST_LETTERS)
    forms = _without_one(long["application_key"])
    digits = pl.col("application_key").str.replace_all(r"\D+", "")
    sides = long.with_columns(digits=digits).join(forms, left_on="application_key", right_on="key")
    first = pl.col("application_key").str.slice(0, 1)
    named = sides.with_columns(first=first)
    weak = named.filter(~pl.col("described")).select(
        "form", "digits", "first", alias_id="application_id", weak_used="used"
    )
    both = weak.join(named, on=["form", "digits", "first"]).filter(pl.col("alias_id") != pl.col("application_id"))
    better = pl.col("described") | (pl.col("used") >= _TIMES_BETTER * pl.col("weak_used").clip(lower_bound=1))
    slips = pl.col("weak_used") <= pl.max_horizontal(pl.lit(_SLIPS), pl.col("used") // _SELDOM)
    return both.filter(better & slips).select(*ALIASES, "described", "used")


def _with_additions(standing: pl.DataFrame) -> pl.DataFrame:
    """ALIASES of undescribed names that are another's with a stage or a word like "system" added."""
    short = application_key(pl.col("name").str.replace(_ADDED, ""))
    longer = standing.filter(~pl.col("described")).with_columns(short=short)
    cut = longer.filter(pl.col("short") != pl.col("application_key")).select("short", alias_id="application_id")
    joined = cut.join(standing, left_on="short", right_on="application_key")
    return joined.filter(pl.col("alias_id") != pl.col("application_id")).select(*ALIASES, "described", "used")


_BRACKETED = r"^(.*\S)\s*[(\[]\s*([^()\[\]]+?)\s*[)\]]$"
_CODE_LETTERS = (3, 6)


def _with_codes(standing: pl.DataFrame) -> pl.DataFrame:
    """ALIASES of "Patient Analytics (PTNA)", of "PTNA" where the name before it stands by itself, and of initials.

    A code is taken for an application where it is short for one only.
    """
    parts = standing.with_columns(
        bare=application_key(pl.col("name").str.extract(_BRACKETED, 1)),
        code=application_key(pl.col("name").str.extract(_BRACKETED, 2)),
    )
    # Both ways round: "Patient Analytics (PTNA)" and "PTNA (Patient Analytics)".
    whole = standing.select("application_id", "described", "used", bare="application_key")
    sides = [parts.select(alias_id="application_id", bare=bare, code=code, weak="described").drop_nulls("bare")
             for bare, code in (("bare", "code"), ("code", "bare"))]  # fmt: skip
    led = pl.concat(sides).join(whole, on="bare").filter(pl.col("alias_id") != pl.col("application_id"))
    words = pl.col("name").str.to_lowercase().str.extract_all(r"[\p{L}\p{N}]+")
    initials = words.list.eval(pl.element().str.slice(0, 1)).list.join("")
    short = standing.filter(words.list.len() > 1).select("application_id", "described", "used", code=initials)
    codes = pl.concat([short, led.select("application_id", "described", "used", "code")]).drop_nulls("code").unique()
    single = codes.filter(
        pl.col("application_id").n_unique().over("code") == 1, pl.col("code").str.len_chars().is_between(*_CODE_LETTERS)
    )
    weak = standing.filter(~pl.col("described")).select("application_key", alias_id="application_id")
    meant = weak.join(single, left_on="application_key", right_on="code")
    both = pl.concat([led.filter(~pl.col("weak")).select(*ALIASES, "described", "used"),
                      meant.select(*ALIASES, "described", "used")])  # fmt: skip
    return both.filter(pl.col("alias_id") != pl.col("application_id"))


def application_aliases(inventory: pl.DataFrame) -> pl.DataFrame:
    """ALIASES, one row per alias, sorted: application assets that are only other spellings of another.

    Only what no row describes can be a misspelling; numbers must agree (Hub 1 is not Hub 2); of several names that are
    as near the best founded is meant. An alias of an alias is one of the last.
    """
    standing = _standing(inventory, named_keys(inventory))
    near = pl.concat([_with_additions(standing), _with_codes(standing), _misspelt(standing)])
    ordered = near.sort(["alias_id", "described", "used", "application_id"], descending=[False, True, True, False])
    found = ordered.unique("alias_id", keep="first", maintain_order=True).select(*ALIASES)
    # Three steps suffice: an addition to a code of a misspelling. What still leads to an alias leads in a circle.
    for _ in range(3):
        onward = found.rename({"alias_id": "application_id", "application_id": "meant"})
        found = found.join(onward, on="application_id", how="left", maintain_order="left").select(
            "alias_id", application_id=pl.coalesce("meant", "application_id")
        )
    straight = found.filter(pl.col("alias_id") != pl.col("application_id"))
    return straight.join(straight.select(application_id="alias_id"), on="application_id", how="anti").sort("alias_id")
