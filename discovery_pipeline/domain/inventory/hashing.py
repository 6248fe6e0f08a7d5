"""The form of an asset_id. Keep out: what is hashed and when (identity.py)."""

from __future__ import annotations

import hashlib

import numpy as np
import polars as pl

_ALPHABET = np.frombuffer(b"abcdefghijklmnopqrstuvwxyz234567", dtype=np.uint8)
_CHARACTERS = 20
_BITS = 5


def asset_ids(tenant: str, identifiers: pl.Series, ordinals: pl.Series) -> pl.Series:
    """ "a_" and the first 20 base32 characters (lower case) of sha256(tenant, identifier, ordinal), one per row.

    The encoding is done on all digests at once: base64.b32encode takes longer than the hash.
    """
    pairs = zip(identifiers, ordinals, strict=True)
    digests = b"".join(hashlib.sha256(f"{tenant}\n{name}\n{ordinal}".encode()).digest() for name, ordinal in pairs)
    bits = np.unpackbits(np.frombuffer(digests, dtype=np.uint8).reshape(len(identifiers), 32)[:, :13], axis=1)
    groups = bits[:, : _CHARACTERS * _BITS].reshape(len(identifiers), _CHARACTERS, _BITS)
    letters = np.ascontiguousarray(_ALPHABET[groups @ np.array([16, 8, 4, 2, 1], dtype=np.uint8)])
    texts = letters.view(f"S{_CHARACTERS}").ravel().astype(str).tolist() if len(identifiers) else []
    return pl.Series("asset_id", [f"a_{text}" for text in texts], dtype=pl.String())
