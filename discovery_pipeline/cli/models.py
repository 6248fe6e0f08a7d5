"""`discovery models`: which models are asked, in which order, at what price, and whether they answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from discovery_pipeline.cli.output import Json, emit_json, say, table
from discovery_pipeline.settings import load_settings

if TYPE_CHECKING:
    from discovery_pipeline.services.agents.models import ModelLine, ModelList

MODES = {
    "ask": "kept answers first, then these are asked in this order; a tenant's model-strategy may put another first",
    "replay": "replay: only answers kept from earlier runs are used, nobody is asked",
    "off": "models are switched off",
}


def models(
    check: Annotated[
        bool, typer.Option("--check", help="Ask each provider whether it answers and lists them.")
    ] = False,
    json: Json = False,
) -> None:
    """Show the configured models in the order of fail-over: whose key, what price; with --check whether they answer."""
    from discovery_pipeline.services.agents.models import model_list

    found = model_list(load_settings(), check)
    if json:
        emit_json(found.to_json())
    else:
        _show(found)


def _show(found: ModelList) -> None:
    if not found.models:
        say("no model is configured, and none is needed: set OPENAI_API_KEY, OPENAI_BASE_URL or")
        say("DISCOVERY_MODEL_PROVIDERS to have doubtful cases settled by one")
        return
    from discovery_pipeline.services.agents.models import health_words

    health = {one.name: health_words(one) for one in found.health}
    headers = ["", "provider", "model", "address", "key", "US$ per million in/out", "price by"]
    rows: list[list[object]] = [
        [number, line.provider, line.model, line.base_url, _key(line), _price(line), _source(line)]
        for number, line in enumerate(found.models, 1)
    ]
    if health:
        headers.append("health")
        for row, line in zip(rows, found.models, strict=True):
            row.append(health[line.provider])
    table(headers, rows)
    say()
    say(f"{MODES[found.mode]}; at most {found.deadline_s:g} s of a run")


def _key(line: ModelLine) -> str:
    if line.key_variable is None:
        return "none is sent"
    return f"{line.key_variable} is set" if line.key_is_set else f"{line.key_variable} is not set"


def _price(line: ModelLine) -> str:
    if line.input_price is None or line.output_price is None:
        return "unknown"
    return f"{line.input_price:g} / {line.output_price:g}"


def _source(line: ModelLine) -> str:
    return f"{line.price_source}, {line.price_as_of}" if line.price_as_of else line.price_source
