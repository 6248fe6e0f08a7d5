from __future__ import annotations

from pathlib import Path

import pytest

from discovery_pipeline.domain.errors import ConfigurationError
from discovery_pipeline.domain.mapping.resolve import ResolveParams
from discovery_pipeline.environment import SignIn
from discovery_pipeline.settings import load_settings

URL = "postgresql://u:hunter2@h/d"


def test_nothing_set_is_the_embedded_server_in_the_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    settings = load_settings({})
    assert settings.uses_embedded_database
    assert settings.home == tmp_path.resolve() / ".discovery"
    assert settings.frames_location == str(settings.home / "frames")
    assert settings.model_api_key is None


def test_a_home_may_be_written_with_a_tilde(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/somewhere")
    assert load_settings({"DISCOVERY_HOME": "~/data"}).home == Path("/somewhere/data")


def test_dagsters_instance_lies_below_the_home_or_where_the_deployment_says() -> None:
    assert load_settings({"DISCOVERY_HOME": "/data"}).dagster_home == Path("/data/dagster")
    assert load_settings({"DISCOVERY_HOME": "/data", "DISCOVERY_DAGSTER_HOME": "/etc/d"}).dagster_home == Path("/etc/d")


@pytest.mark.parametrize(
    ("environ", "uses_model", "url"),
    [
        pytest.param({}, False, "https://api.openai.com/v1", id="neither"),
        pytest.param({"OPENAI_API_KEY": "k"}, True, "https://api.openai.com/v1", id="a key"),
        pytest.param({"OPENAI_BASE_URL": "http://h:1/v1/"}, True, "http://h:1/v1", id="an address"),
    ],
)
def test_a_key_or_an_address_is_what_a_model_takes(environ: dict[str, str], uses_model: bool, url: str) -> None:
    settings = load_settings(environ)
    assert (settings.uses_model, settings.model_url) == (uses_model, url)


def test_the_owner_is_needed_for_migrations_only() -> None:
    settings = load_settings({"DATABASE_URL": URL, "DAGSTER_DATABASE_URL": URL})
    assert not settings.uses_embedded_database
    assert settings.owner_url is None


@pytest.mark.parametrize(
    ("environment", "problem"),
    [
        pytest.param({"DATABASE_URL": URL}, "DAGSTER_DATABASE_URL is not", id="no Dagster"),
        pytest.param({"DAGSTER_DATABASE_URL": URL}, "DATABASE_URL is not", id="Dagster alone"),
        pytest.param({"DISCOVERY_OWNER_URL": URL}, "DATABASE_URL is not", id="owner alone"),
        pytest.param({"DISCOVERY_MODEL_DEADLINE_S": "soon"}, "'soon' is not a number", id="deadline"),
        pytest.param({"DISCOVERY_MAPPING_PRECISION": "much"}, "'much' is not a number", id="precision is a number"),
        pytest.param({"DISCOVERY_MAPPING_PRECISION": "0.5"}, "not between 0.5 and 0.99", id="precision of a coin"),
        pytest.param({"DISCOVERY_MAPPING_PRECISION": "1"}, "not between 0.5 and 0.99", id="precision without error"),
    ],
)
def test_contradictions_are_one_clear_error(environment: dict[str, str], problem: str) -> None:
    with pytest.raises(ConfigurationError, match=problem) as caught:
        load_settings(environment)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("said", "sign_in"),
    [
        pytest.param("", SignIn("local"), id="nobody signs in"),
        pytest.param("published", SignIn("published"), id="in a container"),
        pytest.param("oidc", SignIn("oidc"), id="a provider"),
        pytest.param("proxy:X-Forwarded-Email", SignIn("proxy", "X-Forwarded-Email"), id="a proxy"),
    ],
)
def test_how_people_sign_in(said: str, sign_in: SignIn) -> None:
    assert load_settings({"DISCOVERY_SIGN_IN": said}).sign_in == sign_in
    assert sign_in.is_asked == (sign_in.mode in ("oidc", "proxy"))


@pytest.mark.parametrize("said", ["proxy", "proxy:", "proxy:X Forwarded", "oidc:x", "local", "on"])
def test_a_sign_in_that_there_is_not_is_refused(said: str) -> None:
    with pytest.raises(ConfigurationError, match=r"DISCOVERY_SIGN_IN: .* is neither oidc"):
        load_settings({"DISCOVERY_SIGN_IN": said})


def test_the_error_budget_of_mapping() -> None:
    assert load_settings({}).mapping_precision == ResolveParams().precision == 0.98
    assert load_settings({"DISCOVERY_MAPPING_PRECISION": "0.9"}).mapping_precision == 0.9


def test_an_empty_variable_is_an_unset_one() -> None:
    assert load_settings({"DATABASE_URL": "", "OPENAI_API_KEY": ""}) == load_settings({})


def test_secrets_are_not_shown() -> None:
    names = ("DATABASE_URL", "DISCOVERY_OWNER_URL", "DAGSTER_DATABASE_URL")
    settings = load_settings({**dict.fromkeys(names, URL), "OPENAI_API_KEY": "hunter2"})
    assert "hunter2" not in repr(settings)


def test_an_embedding_model_needs_an_endpoint() -> None:
    assert load_settings({}).embedding_model is None
    settings = load_settings({"DISCOVERY_EMBEDDING_MODEL": "m", "OPENAI_API_KEY": "k"})
    assert settings.embedding_model == "m"
    with pytest.raises(ConfigurationError, match="DISCOVERY_EMBEDDING_MODEL"):
        load_settings({"DISCOVERY_EMBEDDING_MODEL": "m"})


def test_limits_of_model_calls() -> None:
    assert load_settings({}).model_calls_run == 300
    assert load_settings({}).model_budget_day is None
    said = load_settings({"DISCOVERY_MODEL_CALLS_RUN": "20", "DISCOVERY_MODEL_BUDGET_DAY": "0.5"})
    assert (said.model_calls_run, said.model_budget_day, said.model_budget_run) == (20, 0.5, None)
    with pytest.raises(ConfigurationError, match="whole number"):
        load_settings({"DISCOVERY_MODEL_CALLS_DAY": "1.5"})
