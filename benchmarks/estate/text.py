"""Random identifiers as string columns, made by the million: no Python loop over values."""

from __future__ import annotations

import binascii

import numpy as np
import polars as pl
import pyarrow as pa

CODE = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"


def hex_strings(rng: np.random.Generator, count: int, digits: int, prefix: str = "") -> pl.Series:
    """`count` random lower-case hex strings of `digits` characters that start with `prefix`."""
    width = digits + digits % 2
    raw = binascii.hexlify(rng.bytes(count * width // 2))
    return prefix + strings(raw, count, width).str.slice(0, digits - len(prefix))


def unique_digits(count: int) -> pl.Series:
    """`count` different strings of 6 hex digits, scattered over the 16.7 million there are."""
    scattered = (np.arange(count, dtype=np.int64) * 10_368_889) % 2**24  # odd factor: a permutation
    digits = binascii.hexlify(scattered.astype(">u4").tobytes())
    return strings(digits, count, 8).str.slice(2)


def strings(raw: bytes, count: int, width: int) -> pl.Series:
    """A column over a buffer that holds `count` strings of `width` bytes."""
    offsets = np.arange(count + 1, dtype=np.int64) * width
    return pl.Series(values=pa.LargeStringArray.from_buffers(count, pa.py_buffer(offsets), pa.py_buffer(raw)))


def dashed(column: str) -> pl.Expr:
    """32 hex digits as a UUID."""
    return dashed_from(pl.col(column))


def swapped(column: str) -> pl.Expr:
    """32 hex digits as the UUID that WMI shows: the first three groups byte-reversed."""
    order = (3, 2, 1, 0, 5, 4, 7, 6)
    head = pl.concat_str(pl.col(column).str.slice(2 * byte, 2) for byte in order)
    return dashed_from(head + pl.col(column).str.slice(16)).str.to_uppercase()


def dashed_from(digits: pl.Expr) -> pl.Expr:
    return joined("-", *(digits.str.slice(a, b - a) for a, b in ((0, 8), (8, 12), (12, 16), (16, 20), (20, 32))))


def vmware_serial(column: str) -> pl.Expr:
    """32 hex digits as the serial a VMware guest reports."""
    pairs = [pl.col(column).str.slice(2 * byte, 2) for byte in range(16)]
    return pl.lit("VMware-") + joined(" ", *pairs[:8]) + "-" + joined(" ", *pairs[8:])


def ipv4(numbers: pl.Expr) -> pl.Expr:
    """Numbers below 15 million as addresses in 10.0.0.0/8, 250 to a /24."""
    return pl.format("10.{}.{}.{}", (numbers // 250 // 256).cast(pl.Int64), (numbers // 250) % 256, numbers % 250 + 2)


def joined(separator: str, *parts: pl.Expr) -> pl.Expr:
    return pl.concat_str(parts, separator=separator)


def codes(rng: np.random.Generator, count: int, length: int, alphabet: str = CODE) -> pl.Series:
    """`count` random strings of `length` characters of an alphabet."""
    letters = np.frombuffer(alphabet.encode(), dtype=np.uint8)
    return strings(letters[rng.integers(0, len(letters), (count, length))].tobytes(), count, length)


def mac_form(digits: pl.Expr, form: str) -> pl.Expr:
    """12 hex digits as a tool writes them: colons, dashes, dots (four digits each), bare."""
    if form == "dots":
        return joined(".", *(digits.str.slice(4 * part, 4) for part in range(3)))
    if form == "bare":
        return digits
    return joined("-" if form == "dashes" else ":", *(digits.str.slice(2 * byte, 2) for byte in range(6)))
