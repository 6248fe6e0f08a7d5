"""Database URLs: libpq form in, the forms that SQLAlchemy's drivers want out, and names that may be shown.

Keep out: connecting. No function here puts a password into a message.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from discovery_pipeline.domain.errors import ConfigurationError

LIBPQ_FORM = "for example postgresql://user:password@host:5432/database"


@dataclass(frozen=True)
class DatabaseUrls:
    """Three roles, three URLs, libpq form; they hold passwords and stay out of repr."""

    app: str = field(repr=False)
    owner: str = field(repr=False)
    dagster: str = field(repr=False)


def connection_parameters(url: str, where: str) -> dict[str, str]:
    """libpq's own reading of a URL or a key=value string: host, port, user, password, dbname and any further ones.

    where: the setting the URL comes from. Raises ConfigurationError, which does not repeat the URL.
    """
    from psycopg import ProgrammingError
    from psycopg.conninfo import conninfo_to_dict

    try:
        read = conninfo_to_dict(url)
    except ProgrammingError:
        # libpq's message quotes the whole text, password included.
        raise ConfigurationError("is not a URL that libpq understands", where=where, advice=LIBPQ_FORM) from None
    return {name: str(value) for name, value in read.items() if value is not None}


def shown(url: str, where: str) -> str:
    """host:port/database of a URL, for messages."""
    read = connection_parameters(url, where)
    host = read.get("host") or read.get("hostaddr") or "local socket"
    return f"{host}:{read.get('port', '5432')}/{read.get('dbname', '')}"


def user_of(url: str, where: str) -> str:
    """The role a URL connects as. Raises ConfigurationError when it names none."""
    user = connection_parameters(url, where).get("user")
    if not user:
        raise ConfigurationError("names no user", where=where, advice=LIBPQ_FORM)
    return user


def sqlalchemy_url(url: str, driver: str, where: str) -> str:
    """The same database for SQLAlchemy's dialect of this driver (psycopg, psycopg2).

    The driver is always explicit: SQLAlchemy 2.1 reads a bare postgresql:// as psycopg 3, and dagster-postgres then
    fails every run.
    """
    from sqlalchemy import URL

    read = connection_parameters(url, where)
    user, password, database = (read.pop(name, None) for name in ("user", "password", "dbname"))
    hosts = read.pop("host", "").split(",")
    ports = read.pop("port", "").split(",")
    query: dict[str, str | tuple[str, ...]] = dict(read)
    host, port = hosts[0] or None, int(ports[0]) if ports[0] else None
    if len(hosts) > 1 or (host or "").startswith("/"):
        ports = ports * len(hosts) if len(ports) == 1 else ports
        query["host"] = tuple(f"{h}:{p}" if p else h for h, p in zip(hosts, ports, strict=False))
        host, port = None, None
    made = URL.create(f"postgresql+{driver}", user, password, host, port, database, query)
    return made.render_as_string(hide_password=False)


def dagster_url(url: str) -> str:
    """What Dagster's storage wants (psycopg2)."""
    return sqlalchemy_url(url, "psycopg2", "DAGSTER_DATABASE_URL")
