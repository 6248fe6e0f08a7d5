"""The files of deploy/, read as their own tools read them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from discovery_pipeline.settings import load_settings

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"


@cache
def compose() -> dict[str, Any]:
    """compose.yaml with its anchors resolved."""
    document: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
    return document


def services() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = compose()["services"]
    return found


def own_services() -> dict[str, dict[str, Any]]:
    """The services that run this project's image."""
    return {name: service for name, service in services().items() if "build" in service}


@dataclass(frozen=True)
class Stage:
    """One FROM of the Dockerfile. steps: (instruction, its words as one line), in order."""

    base: str
    name: str
    steps: tuple[tuple[str, str], ...] = field(default=())

    def all(self, instruction: str) -> list[str]:
        return [words for given, words in self.steps if given == instruction]


@cache
def stages() -> tuple[Stage, ...]:
    """The Dockerfile: comments gone, continued lines joined."""
    text = re.sub(r"(?m)^\s*#.*\n", "", (DEPLOY / "Dockerfile").read_text(encoding="utf-8"))
    found: list[Stage] = []
    for line in re.sub(r"\\\n", " ", text).splitlines():
        instruction, _, words = line.strip().partition(" ")
        if instruction == "FROM":
            base, _, name = words.partition(" AS ")
            found.append(Stage(base, name))
        elif instruction:
            last = found[-1]
            found[-1] = Stage(last.base, last.name, (*last.steps, (instruction, " ".join(words.split()))))
    return tuple(found)


def image_environment() -> dict[str, str]:
    """What ENV sets in the image."""
    return dict(re.findall(r"(\w+)=(\S+)", " ".join(stages()[-1].all("ENV"))))


def example_variables() -> set[str]:
    """The names that .env.example explains, set or not."""
    text = (DEPLOY / ".env.example").read_text(encoding="utf-8")
    named = re.findall(r"(?m)^(?:#?([A-Z][A-Z0-9_]+)=|# ([A-Z][A-Z0-9_]+)  )", text)
    return {first or second for first, second in named}


class _Asked(Mapping[str, str]):
    """An empty environment that remembers what it was asked for."""

    def __init__(self) -> None:
        self.names: set[str] = set()

    def __getitem__(self, name: str) -> str:
        self.names.add(name)
        raise KeyError(name)

    def __iter__(self) -> Any:
        return iter(())

    def __len__(self) -> int:
        return 0


def settings_variables() -> set[str]:
    """Every variable that settings.py reads."""
    asked = _Asked()
    load_settings(asked)
    return asked.names
