"""The file of providers: its order, its keys from the environment, and one clear line for whatever is wrong with it."""

from __future__ import annotations

from pathlib import Path

import pytest

from discovery_pipeline.domain.errors import ConfigurationError
from discovery_pipeline.settings import ModelProvider, Settings, in_mode, load_settings

KEY = "sk-secret-1234567890"
NEAR = "{name: near, base_url: 'http://127.0.0.1:8080/v1/', models: [a, b]}"


def loaded(folder: Path, text: str, **environ: str) -> Settings:
    file = folder / "providers.yaml"
    file.write_text(text, encoding="utf-8")
    return load_settings({"DISCOVERY_MODEL_PROVIDERS": str(file), **environ})


def test_providers_in_their_order_with_keys_of_the_environment(tmp_path: Path) -> None:
    far = (
        "{name: far.1, base_url: 'https://api.example.com/v1', models: [c], key_env: FAR_KEY, concurrency: 9, "
        "deadline_s: 12.5, most_tokens: 500}"
    )
    settings = loaded(tmp_path, f"providers: [{NEAR}, {far}]", FAR_KEY=KEY, OPENAI_API_KEY="another")
    assert settings.providers == (
        ModelProvider("near", "http://127.0.0.1:8080/v1", ("a", "b")),
        ModelProvider("far.1", "https://api.example.com/v1", ("c",), KEY, "FAR_KEY", 9, 12.5, 500),
    )
    assert settings.uses_model
    assert KEY not in repr(settings)


def test_without_a_file_there_is_the_one_of_the_environment() -> None:
    settings = load_settings({"OPENAI_API_KEY": KEY, "DISCOVERY_MODEL": "m", "DISCOVERY_MODEL_CONCURRENCY": "2"})
    assert settings.providers == (
        ModelProvider("model", "https://api.openai.com/v1", ("m",), KEY, "OPENAI_API_KEY", 2),
    )
    assert load_settings({"OPENAI_BASE_URL": "http://h/v1"}).providers[0].key_env is None
    assert load_settings({}).providers == ()
    assert KEY not in repr(settings)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        pytest.param("", "the document: Input should be", id="empty"),
        pytest.param("providers: []", "providers: List should have at least 1 item", id="none"),
        pytest.param("providers: [", "is no YAML, line 1", id="no YAML"),
        pytest.param("- a", "the document: Input should be", id="a list"),
        pytest.param(f"providers: [{NEAR}]\nmodel: m", "model: is not a known key", id="unknown key"),
        pytest.param(f"providers: [{NEAR}, {NEAR}]", "two providers have the same name", id="same name"),
        pytest.param("providers: [{name: a, models: [m]}]", "base_url: Field required", id="no address"),
        pytest.param(
            "providers: [{name: a, base_url: 'http://h/v1', models: []}]", "models: List should have", id="no model"
        ),
        pytest.param(
            "providers: [{name: a, base_url: 'http://h/v1', models: [m, m]}]", "names a model twice", id="model twice"
        ),
        pytest.param(
            "providers: [{name: 'a/b', base_url: 'http://h/v1', models: [m]}]", "name: String should match", id="name"
        ),
        pytest.param(
            f"providers: [{{name: a, base_url: 'http://h/v1', models: [m], key: {KEY}}}]",
            "providers.0.key: is not a known key",
            id="a key in the file",
        ),
        pytest.param(
            "providers: [{name: a, base_url: 'http://h/v1', models: [m], key_env: NOT_SET}]",
            "provider a: the variable NOT_SET is not set",
            id="variable not set",
        ),
        pytest.param(
            f"providers: [{{name: a, base_url: 'http://h/v1', models: [m], key_env: {KEY}}}]",
            "key_env: String should match",
            id="a key in the place of its variable",
        ),
        pytest.param(
            "providers: [{name: a, base_url: 'http://h/v1', models: [m], concurrency: 0}]", "concurrency: ", id="nobody"
        ),
        pytest.param(
            "providers: [{name: a, base_url: 'http://h/v1', models: [m], deadline_s: .nan}]", "deadline_s: ", id="NaN"
        ),
    ],
)
def test_what_is_wrong_is_one_clear_line(tmp_path: Path, text: str, problem: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        loaded(tmp_path, text)
    assert problem in str(caught.value)
    assert str(tmp_path) in caught.value.where
    assert caught.value.advice
    assert KEY not in str(caught.value)
    assert caught.value.exit_code == 2


@pytest.mark.parametrize(
    "url",
    [
        "ftp://h/v1",
        "h/v1",
        "http://",
        "http://h:port/v1",
        "http://h h/v1",
        f"https://user:{KEY}@h/v1",
        f"https://h/v1?key={KEY}",
        "http://[bad/v1",
    ],
)
def test_an_address_that_is_none_or_holds_a_secret(tmp_path: Path, url: str) -> None:
    with pytest.raises(ConfigurationError, match=r"providers\.0\.base_url: ") as caught:
        loaded(tmp_path, f"providers: [{{name: a, base_url: '{url}', models: [m]}}]")
    assert KEY not in str(caught.value)


def test_a_file_that_is_not_there() -> None:
    with pytest.raises(ConfigurationError, match=r"nowhere/providers\.yaml: No such file"):
        load_settings({"DISCOVERY_MODEL_PROVIDERS": "/nowhere/providers.yaml"})


def test_the_file_names_the_models(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="DISCOVERY_MODEL and DISCOVERY_MODEL_PROVIDERS are both set"):
        loaded(tmp_path, f"providers: [{NEAR}]", DISCOVERY_MODEL="m")


@pytest.mark.parametrize(("text", "mode"), [("", "ask"), ("ask", "ask"), ("replay", "replay"), ("off", "off")])
def test_the_mode(text: str, mode: str) -> None:
    settings = load_settings({"OPENAI_BASE_URL": "http://h/v1", "DISCOVERY_MODEL_MODE": text})
    assert (settings.model_mode, settings.uses_model) == (mode, mode != "off")


def test_a_mode_there_is_not() -> None:
    with pytest.raises(ConfigurationError, match="DISCOVERY_MODEL_MODE: 'record' is none of ask, replay, off"):
        load_settings({"DISCOVERY_MODEL_MODE": "record"})


def test_nobody_is_replayed_where_nobody_is_configured() -> None:
    with pytest.raises(ConfigurationError, match="DISCOVERY_MODEL_MODE: no model is configured"):
        load_settings({"DISCOVERY_MODEL_MODE": "replay"})
    with pytest.raises(ConfigurationError, match="tag x: no model is configured"):
        in_mode(load_settings({}), "replay", "tag x")


def test_a_key_from_a_file_ends_with_no_line(tmp_path: Path) -> None:
    assert load_settings({"OPENAI_API_KEY": f"{KEY}\n"}).model_api_key == KEY
    assert load_settings({"OPENAI_API_KEY": "\n"}).providers == ()
    near = f"{NEAR[:-1]}, key_env: NEAR_KEY}}"
    assert loaded(tmp_path, f"providers: [{near}]", NEAR_KEY=f" {KEY}\r\n").providers[0].key == KEY
    with pytest.raises(ConfigurationError, match="NEAR_KEY is not set"):
        loaded(tmp_path, f"providers: [{near}]", NEAR_KEY="\n")


def test_prices_are_a_pair_of_the_one_model(tmp_path: Path) -> None:
    one, both = {"DISCOVERY_MODEL_INPUT_PRICE": "1"}, ("DISCOVERY_MODEL_INPUT_PRICE", "DISCOVERY_MODEL_OUTPUT_PRICE")
    with pytest.raises(ConfigurationError, match="DISCOVERY_MODEL_INPUT_PRICE is set alone"):
        load_settings(one)
    settings = load_settings(dict.fromkeys(both, "0"))
    assert (settings.model_input_price, settings.model_output_price) == (0.0, 0.0)
    with pytest.raises(ConfigurationError, match="set beside DISCOVERY_MODEL_PROVIDERS"):
        loaded(tmp_path, f"providers: [{NEAR}]", **dict.fromkeys(both, "1"))


def test_what_can_not_be_replayed_is_said_before_a_run() -> None:
    environ = {"OPENAI_BASE_URL": "http://h/v1", "DISCOVERY_EMBEDDING_MODEL": "e"}
    assert load_settings(environ).embedding_model == "e"
    with pytest.raises(ConfigurationError, match="can't be replayed"):
        load_settings({**environ, "DISCOVERY_MODEL_MODE": "replay"})


def test_without_models_headers_are_compared_here() -> None:
    environ = {"OPENAI_BASE_URL": "http://h/v1", "DISCOVERY_EMBEDDING_MODEL": "e", "DISCOVERY_MODEL_MODE": "off"}
    assert load_settings(environ).embedding_model is None
