"""What a variable of the environment says, read strictly. Keep out: which variables there are (settings)."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from discovery_pipeline.domain.errors import ConfigurationError

# local: nobody signs in, one person at this machine's loopback. published: the same in a container, whose port is open
# on its host's loopback alone. oidc: an OpenID provider. proxy: a proxy on this machine names who it let in.
SignInMode = Literal["local", "published", "oidc", "proxy"]
_HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")


@dataclass(frozen=True)
class SignIn:
    """How people sign in to the analysts' application. header: in which a proxy hands over the address, else ""."""

    mode: SignInMode = "local"
    header: str = ""

    @property
    def is_asked(self) -> bool:
        """Whether people are told apart, so that access to tenants is granted to them."""
        return self.mode in ("oidc", "proxy")


def read_sign_in(name: str, text: str | None) -> SignIn:
    """oidc, proxy:HEADER, published or nothing. Raises ConfigurationError."""
    mode, _, header = (text or "").partition(":")
    if mode == "proxy" and _HEADER.fullmatch(header):
        return SignIn("proxy", header)
    if not header and mode == "oidc":
        return SignIn("oidc")
    if not header and mode in ("", "published"):
        return SignIn("published" if mode else "local")
    said = f"{text!r} is neither oidc, nor proxy:HEADER, nor published"
    raise ConfigurationError(said, where=name, advice="for example oidc; unset it for one person on this machine")


def read_folder(text: str | None) -> Path | None:
    return Path(text).expanduser().resolve() if text else None


def read_key(name: str, environ: Mapping[str, str]) -> str | None:
    """A key, None where there is none. One from a file often ends with a line, which no header can carry."""
    return environ.get(name, "").strip() or None


def read_number(name: str, text: str | None) -> float | None:
    """A finite number from 0. Raises ConfigurationError."""
    if text is None:
        return None
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0 <= number < math.inf:
        raise ConfigurationError(f"{text!r} is not a number from 0", where=name, advice="for example 60")
    return number


def read_count(name: str, text: str | None, unset: int | None = None) -> int | None:
    """A whole number from 0. Raises ConfigurationError."""
    number = read_number(name, text)
    if number is None:
        return unset
    if number != int(number):
        raise ConfigurationError(f"{text!r} is not a whole number", where=name, advice="for example 200")
    return int(number)


def read_switch(name: str, text: str) -> bool:
    """on or off. Raises ConfigurationError."""
    if text not in ("on", "off"):
        raise ConfigurationError(f"{text!r} is neither on nor off", where=name, advice="on or off")
    return text == "on"


def read_share(name: str, text: str | None, unset: float) -> float:
    """An error budget. Raises ConfigurationError."""
    share = read_number(name, text)
    if share is None:
        return unset
    if not 0.5 < share <= 0.99:
        raise ConfigurationError(
            f"{text!r} is not between 0.5 and 0.99, the highest confidence there is",
            where=name,
            advice="for example 0.98",
        )
    return share


def read_prices(environ: Mapping[str, str]) -> tuple[float | None, float | None]:
    """The prices of the one model that the environment names: both or none.

    Raises ConfigurationError for one of the two, and for prices beside a file of providers, which names several.
    """
    names = ("DISCOVERY_MODEL_INPUT_PRICE", "DISCOVERY_MODEL_OUTPUT_PRICE")
    prices = read_number(names[0], environ.get(names[0]) or None), read_number(names[1], environ.get(names[1]) or None)
    given = [name for name, price in zip(names, prices, strict=True) if price is not None]
    if len(given) == 1:
        raise ConfigurationError(
            f"{given[0]} is set alone", where="environment", advice=f"set {' and '.join(names)}, or neither"
        )
    if given and environ.get("DISCOVERY_MODEL_PROVIDERS"):
        raise ConfigurationError(
            f"{names[0]} is set beside DISCOVERY_MODEL_PROVIDERS, which names models of its own",
            where="environment",
            advice="put prices by model into the file of DISCOVERY_MODEL_PRICES",
        )
    return prices
