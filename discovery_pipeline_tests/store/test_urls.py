from __future__ import annotations

import pytest
from sqlalchemy import make_url

from discovery_pipeline.domain.errors import ConfigurationError
from discovery_pipeline.store.urls import DatabaseUrls, dagster_url, shown, sqlalchemy_url, user_of


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        pytest.param("postgresql://u:p@h:5433/d", "postgresql+psycopg2://u:p@h:5433/d", id="plain"),
        pytest.param("postgres://u:p@h/d", "postgresql+psycopg2://u:p@h/d", id="short scheme"),
        pytest.param("postgresql://u:p%40%2F@h/d", "postgresql+psycopg2://u:p%40%2F@h/d", id="escaped password"),
        pytest.param(
            "postgresql://u@h/d?sslmode=require&application_name=x",
            "postgresql+psycopg2://u@h/d?application_name=x&sslmode=require",
            id="parameters",
        ),
        pytest.param("postgresql://u:p@[::1]:5432/d", "postgresql+psycopg2://u:p@[::1]:5432/d", id="IPv6"),
        pytest.param("host=h user=u password=p dbname=d", "postgresql+psycopg2://u:p@h/d", id="key=value"),
        pytest.param(
            "postgresql://u@h1:1,h2:2/d", "postgresql+psycopg2://u@/d?host=h1%3A1&host=h2%3A2", id="several hosts"
        ),
        pytest.param(
            "postgresql://u@/d?host=/var/run/postgresql",
            "postgresql+psycopg2://u@/d?host=%2Fvar%2Frun%2Fpostgresql",
            id="socket",
        ),
    ],
)
def test_dagsters_url_names_psycopg2(url: str, expected: str) -> None:
    assert make_url(dagster_url(url)) == make_url(expected)


def test_the_applications_url_names_psycopg() -> None:
    assert sqlalchemy_url("postgresql://u:p@h/d", "psycopg", "DATABASE_URL") == "postgresql+psycopg://u:p@h/d"


@pytest.mark.parametrize("url", ["postgresql+psycopg2://u:secret@h/d", "mysql://u:secret@h/d", "u:secret@h"])
def test_another_form_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(ConfigurationError, match="DATABASE_URL") as caught:
        shown(url, "DATABASE_URL")
    assert "secret" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_what_is_shown_has_no_secret() -> None:
    assert shown("postgresql://u:secret@h:5433/d", "x") == "h:5433/d"
    assert "secret" not in repr(DatabaseUrls("postgresql://u:secret@h/d", "secret", "secret"))


def test_a_url_without_user_is_refused_where_one_is_needed() -> None:
    assert user_of("postgresql://u@h/d", "x") == "u"
    with pytest.raises(ConfigurationError, match="names no user"):
        user_of("postgresql://h/d", "DATABASE_URL")
