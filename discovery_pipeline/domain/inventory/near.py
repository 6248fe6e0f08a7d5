"""Which spellings are nearly alike: a serial number with a slip of the pen, a name with other hyphens or zeros.

Keep out: what it is worth (pair_weights.py). It is only asked of pairs that something else brought together.
"""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

Mask = NDArray[np.bool_]
_Text = NDArray[np.uint32]

# Windows cuts NetBIOS names to this length.
_NETBIOS = 15


def near_serials(left: pl.Series, right: pl.Series) -> Mask:
    """Whether two texts differ by one character (another, one more, one less) or by two neighbours that swapped places.

    Zeros in front don't count: spreadsheets lose them.
    """
    one, other = left.str.strip_chars_start("0"), right.str.strip_chars_start("0")
    same = (one == other) & (one.str.len_chars() >= 4)
    return np.asarray(same.to_numpy() | _one_slip(_characters(one), _characters(other)))


def near_names(left: pl.Series, right: pl.Series) -> Mask:
    """Whether two names differ in hyphens, underscores and zeros before numbers only, or one is cut short."""
    one, other = _loose(left), _loose(right)
    pairs = pl.DataFrame({"left": left, "right": right})
    a, b = pl.col("left"), pl.col("right")
    cut = ((a.str.len_chars() == _NETBIOS) & b.str.starts_with(a)) | (
        (b.str.len_chars() == _NETBIOS) & a.str.starts_with(b)
    )
    return np.asarray((one == other).to_numpy() | pairs.select(cut).to_series().to_numpy())


def _loose(name: pl.Series) -> pl.Series:
    return name.str.replace_all("[-_. ]", "").str.replace_all("([^0-9]|^)0+([0-9])", "${1}${2}")


def _characters(texts: pl.Series) -> _Text:
    """(texts, longest) code points; 0 after the end."""
    wide = np.array(texts.to_list() or [""], dtype=np.str_)
    return wide.view(np.uint32).reshape(len(wide), -1)[: len(texts)]


def _one_slip(one: _Text, other: _Text) -> Mask:
    width = max(one.shape[1], other.shape[1])
    a, b = (np.pad(text, ((0, 0), (0, width - text.shape[1]))) for text in (one, other))
    length = (a != 0).sum(axis=1), (b != 0).sum(axis=1)
    prefix = np.logical_and.accumulate(a == b, axis=1).sum(axis=1)
    rest = _from_end(a, length[0]), _from_end(b, length[1])
    suffix = np.logical_and.accumulate((rest[0] == rest[1]) & (rest[0] != 0), axis=1).sum(axis=1)
    shorter, longer = np.minimum(*length), np.maximum(*length)
    slip = (longer - shorter <= 1) & (np.minimum(prefix, shorter) + suffix >= longer - 1)
    return np.asarray((slip | _swapped(a, b, prefix, suffix, length)) & (shorter >= 5))


def _from_end(text: _Text, length: NDArray[np.int_]) -> _Text:
    """Each text written backwards."""
    places = length[:, None] - 1 - np.arange(text.shape[1])
    return np.where(places >= 0, np.take_along_axis(text, np.maximum(places, 0), axis=1), 0).astype(np.uint32)


def _swapped(
    a: _Text, b: _Text, prefix: NDArray[np.int_], suffix: NDArray[np.int_], length: tuple[NDArray[np.int_], ...]
) -> Mask:
    rows, first = np.arange(len(a)), np.minimum(prefix, a.shape[1] - 2) if a.shape[1] > 1 else prefix * 0
    if a.shape[1] < 2:
        return np.zeros(len(a), dtype=np.bool_)
    crossed = (a[rows, first] == b[rows, first + 1]) & (a[rows, first + 1] == b[rows, first])
    return np.asarray(crossed & (length[0] == length[1]) & (prefix + suffix == length[0] - 2))
