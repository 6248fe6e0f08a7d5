"""The providers of language models that a YAML file names: part of the settings, read where those are.

Keys never stand in the file, only the names of the environment's variables that hold them. Imported only where there is
such a file. Keep out: calling them.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Self
from urllib.parse import urlsplit

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from discovery_pipeline.domain.errors import ConfigurationError
from discovery_pipeline.environment import read_key
from discovery_pipeline.settings import ModelProvider

ADVICE = "providers: [{name: local, base_url: 'http://127.0.0.1:8080/v1', models: [qwen3-8b], key_env: LOCAL_KEY}]"


def _checked_url(text: str) -> str:
    """An address to which a path can be added, without a slash at its end. Raises ValueError."""
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or any(sign.isspace() for sign in text):
        raise ValueError("is not an http or https address")
    if parts.username is not None or parts.password is not None or parts.query or parts.fragment:
        raise ValueError("holds more than an address: a key belongs into the environment, its name into key_env")
    _ = parts.port  # raises for what is no port
    return text.rstrip("/")


_Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$")]
_Model = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True)]


class _Provider(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)

    name: _Name
    base_url: Annotated[str, AfterValidator(_checked_url)]
    models: list[_Model] = Field(min_length=1)
    key_env: Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")] | None = None
    concurrency: int = Field(4, ge=1, le=64)
    deadline_s: float | None = Field(None, gt=0)
    most_tokens: int = Field(8_000, ge=16, le=1_000_000)


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    providers: list[_Provider] = Field(min_length=1)

    @model_validator(mode="after")
    def _told_apart(self) -> Self:
        named = [(provider.name, model) for provider in self.providers for model in provider.models]
        if len({provider.name for provider in self.providers}) < len(self.providers):
            raise ValueError("two providers have the same name")
        if len(set(named)) < len(named):
            raise ValueError("a provider names a model twice")
        return self


def read_providers(path: Path, environ: Mapping[str, str]) -> tuple[ModelProvider, ...]:
    """The providers of a file, in its order, which is that of fail-over. Raises ConfigurationError.

    No message quotes a value of the file's: somebody may have put a key there.
    """
    try:
        found = _File.model_validate(_document(path))
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"]) or "the document"
        said = (
            "is not a known key" if first["type"] == "extra_forbidden" else first["msg"].removeprefix("Value error, ")
        )
        raise ConfigurationError(f"{place}: {said}", where=str(path), advice=ADVICE) from None
    return tuple(_resolved(entry, f"{path}: provider {entry.name}", environ) for entry in found.providers)


def _document(path: Path) -> Any:
    try:
        return yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigurationError(error.strerror or "can't be read", where=str(path), advice=ADVICE) from None
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        line = f", line {mark.line + 1}" if mark else ""
        raise ConfigurationError(f"is no YAML{line}", where=str(path), advice=ADVICE) from None


def _resolved(entry: _Provider, where: str, environ: Mapping[str, str]) -> ModelProvider:
    key = read_key(entry.key_env, environ) if entry.key_env else None
    if entry.key_env and key is None:
        raise ConfigurationError(
            f"the variable {entry.key_env} is not set", where=where, advice="set it to the key, or leave key_env out"
        )
    return ModelProvider(
        name=entry.name,
        base_url=entry.base_url,
        models=tuple(entry.models),
        key=key,
        key_env=entry.key_env,
        concurrency=entry.concurrency,
        call_s=entry.deadline_s,
        most_tokens=entry.most_tokens,
    )
