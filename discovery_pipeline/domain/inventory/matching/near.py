"""Which spellings are nearly alike: a serial number with a slip of the pen, a name with other hyphens or zeros.

Keep out: what it is worth (pair_weights.py). It is only asked of pairs that something else brought together.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

Mask = NDArray[np.bool_]
_Text = NDArray[np.uint32]

# Windows cuts NetBIOS names to this length.
_NETBIOS = 15
# Of shorter texts a slip is as likely as another text.
_LEAST_LENGTH = 5


def near_serials(left: pl.Series, right: pl.Series) -> Mask:
    """Whether two texts differ by one character (another, one more, one less) or by two neighbours that swapped places.

    Zeros in front don't count: spreadsheets lose them.
    """
    one, other = left.str.strip_chars_start("0"), right.str.strip_chars_start("0")
    same = (one == other) & (one.str.len_chars() >= 4)
    slip = _slip(_characters(one), _characters(other))
    return np.asarray(same.to_numpy() | slip.moved | slip.replaced)


def near_names(left: pl.Series, right: pl.Series) -> Mask:
    """Whether two names differ in hyphens, underscores, zeros before numbers or a letter more or less, or one is cut.

    Another letter or number in the same place is another machine as a rule: "db1a" and "db1b", "appp01" and "appt01".
    """
    one, other = _loose(left), _loose(right)
    slip = _slip(_characters(one), _characters(other)).moved
    same_numbers = (one.str.replace_all("[^0-9]", "") == other.str.replace_all("[^0-9]", "")).to_numpy()
    return np.asarray((one == other).to_numpy() | (slip & same_numbers) | _cut(left, right) | _cut(right, left))


def _cut(short: pl.Series, whole: pl.Series) -> Mask:
    beginning = whole.str.slice(0, _NETBIOS)
    return np.asarray(((short.str.len_chars() == _NETBIOS) & (beginning == short)).to_numpy())


def _loose(name: pl.Series) -> pl.Series:
    return name.str.replace_all("[-_. ]", "").str.replace_all("([^0-9]|^)0+([0-9])", "${1}${2}")


def _characters(texts: pl.Series) -> _Text:
    """(texts, longest) code points; 0 after the end."""
    wide = np.array(texts.to_list() or [""], dtype=np.str_)
    return wide.view(np.uint32).reshape(len(wide), -1)[: len(texts)]


@dataclass(frozen=True)
class _Slip:
    """moved: one character more or less, or two that swapped places. replaced: another character in one place."""

    moved: Mask
    replaced: Mask


def _slip(one: _Text, other: _Text) -> _Slip:
    width = max(one.shape[1], other.shape[1], 2)
    a, b = (np.pad(text, ((0, 0), (0, width - text.shape[1]))) for text in (one, other))
    lengths = (a != 0).sum(axis=1), (b != 0).sum(axis=1)
    shorter, longer = np.minimum(*lengths), np.maximum(*lengths)
    prefix = np.minimum(np.logical_and.accumulate(a == b, axis=1).sum(axis=1), shorter)
    ends = _backwards(a, lengths[0]), _backwards(b, lengths[1])
    suffix = np.logical_and.accumulate((ends[0] == ends[1]) & (ends[0] != 0), axis=1).sum(axis=1)
    long_enough = shorter >= _LEAST_LENGTH
    rows, first = np.arange(len(a)), np.minimum(prefix, width - 2)
    crossed = (a[rows, first] == b[rows, first + 1]) & (a[rows, first + 1] == b[rows, first])
    swapped = crossed & (longer == shorter) & (prefix + suffix == longer - 2)
    inserted = (longer == shorter + 1) & (prefix + suffix >= shorter)
    replaced = (longer == shorter) & (prefix + suffix == longer - 1)
    return _Slip(np.asarray((swapped | inserted) & long_enough), np.asarray(replaced & long_enough))


def _backwards(text: _Text, length: NDArray[np.int_]) -> _Text:
    places = length[:, None] - 1 - np.arange(text.shape[1])
    return np.where(places >= 0, np.take_along_axis(text, np.maximum(places, 0), axis=1), 0).astype(np.uint32)
