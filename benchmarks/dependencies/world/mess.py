"""How much of the truth exports withhold, misspell or contradict: shares per profile, as data.

Shares are in [0, 1] and judged from what estates deliver, not measured; an estate's own are drawn up to a third around
them. Keep out: what is wrong with records of assets (benchmarks/estate/noise.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace

import numpy as np

from benchmarks.estate.noise import VARIED, Profile


@dataclass(frozen=True)
class Mess:
    """Shares.

    withheld: servers whose application no export names. misspelt, aliased: of the cells that name one. silent_names:
    estates whose host names tell no application. listed: applications in the portfolio. stated: application needs in
    the relations; written: in the portfolio's text; servers_stated: calls between servers that the relations have.
    stale: relations beside them that once were true. doubled: relations stated twice. covered: servers that a collector
    sees. hostless: records without a host name. one_sided, turned: flows of which only the answer is seen, or whose
    ends stand the wrong way round. handed: servers whose address went to another in the time of the records. strays:
    records of people's single connections, beside those of the estate. refused: denied, unanswered and the like.
    """

    withheld: float = 0.02
    misspelt: float = 0.0
    aliased: float = 0.0
    silent_names: float = 0.25
    listed: float = 0.97
    stated: float = 0.6
    written: float = 0.4
    servers_stated: float = 0.1
    stale: float = 0.0
    doubled: float = 0.02
    covered: float = 0.97
    hostless: float = 0.2
    one_sided: float = 0.02
    turned: float = 0.02
    handed: float = 0.0
    strays: float = 0.01
    refused: float = 0.05
    two_applications: float = 0.02


CLEAN = Mess()
MESSY = Mess(
    withheld=0.20, misspelt=0.04, aliased=0.06, silent_names=0.3, listed=0.88, stated=0.5, written=0.45,
    servers_stated=0.1, stale=0.02, doubled=0.05, covered=0.9, hostless=0.4, one_sided=0.06, turned=0.08, handed=0.012,
    strays=0.03, refused=0.12, two_applications=0.03,
)  # fmt: skip
HARD = replace(
    MESSY, withheld=0.40, misspelt=0.08, aliased=0.12, silent_names=0.4, listed=0.75, stated=0.4, written=0.4,
    stale=0.06, doubled=0.08, covered=0.8, hostless=0.6, one_sided=0.1, turned=0.12, handed=0.025, strays=0.06,
    refused=0.2, two_applications=0.05,
)  # fmt: skip
PROFILES: Mapping[Profile, Mess] = {"clean": CLEAN, "messy": MESSY, "hard": HARD}
_FIXED = ("withheld", "silent_names")


def drawn(profile: Profile, rng: np.random.Generator) -> Mess:
    """The shares of one estate; how many names are withheld is the profile's own."""
    shares = asdict(PROFILES[profile])
    factors = rng.uniform(1 - VARIED, 1 + VARIED, len(shares))
    return Mess(
        **{
            name: share if name in _FIXED else min(1.0, share * factor)
            for (name, share), factor in zip(shares.items(), factors, strict=True)
        }
    )
