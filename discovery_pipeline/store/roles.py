"""What the application role may be and what it may do."""

from __future__ import annotations

from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from discovery_pipeline.domain.errors import ConfigurationError
from discovery_pipeline.store.tables import APPEND_ONLY

# Functions of the owner's that the application role may call.
CALLABLE = ("lessons_of_sharing_tenants", "tenants_of_person")
READ_ONLY, ADD_ONLY, READ_WRITE = "SELECT", "SELECT, INSERT, DELETE", "SELECT, INSERT, UPDATE, DELETE"

# Being able to become a role (SET ROLE, inherited rights) counts as being it.
UNSAFE_POWERS = text("""
SELECT 'is or can become a superuser (' || rolname || ')' FROM pg_roles
 WHERE rolsuper AND pg_has_role(current_user, oid, 'MEMBER')
UNION ALL
SELECT 'has or can get BYPASSRLS (' || rolname || ')' FROM pg_roles
 WHERE rolbypassrls AND NOT rolsuper AND pg_has_role(current_user, oid, 'MEMBER')
UNION ALL
SELECT 'can read or write files of the server (' || rolname || ')' FROM pg_roles
 WHERE rolname IN ('pg_read_server_files', 'pg_write_server_files', 'pg_execute_server_program')
   AND NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) AND pg_has_role(current_user, oid, 'MEMBER')
UNION ALL
SELECT 'owns or can own ' || c.relname FROM pg_class c
 WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm')
   AND NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user)
   AND pg_has_role(current_user, c.relowner, 'MEMBER')
UNION ALL
SELECT 'may truncate ' || c.relname FROM pg_class c
 WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p')
   AND NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user)
   AND NOT pg_has_role(current_user, c.relowner, 'MEMBER') AND has_table_privilege(c.oid, 'TRUNCATE')
""")


OWNED_FUNCTIONS = text("""
SELECT format('%I(%s)', proname, pg_get_function_identity_arguments(oid)) FROM pg_proc
 WHERE pronamespace = current_schema()::regnamespace AND proname = ANY(:names)
""")


def unsafe_powers(session: Session) -> list[str]:
    """Everything that would let the connected role get round row-level security."""
    return sorted(session.execute(UNSAFE_POWERS).scalars())


def refuse_unsafe_role(session: Session) -> None:
    """Raises ConfigurationError when the application role could get round row-level security."""
    powers = unsafe_powers(session)
    if powers:
        role = session.execute(text("SELECT current_user")).scalar()
        more = f" and {len(powers) - 1} more" if len(powers) > 1 else ""
        raise ConfigurationError(
            f"the application role {role} {powers[0]}{more}",
            where="DATABASE_URL",
            advice="connect as a role that is NOSUPERUSER NOBYPASSRLS, owns nothing and was never granted TRUNCATE",
        )


def grant_application_rights(connection: Connection, role: str) -> None:
    """Give the application role what it needs on tables and functions, and nothing else: TRUNCATE ignores policies."""
    quote = connection.dialect.identifier_preparer.quote_identifier
    names = connection.execute(text("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")).scalars()
    for name in sorted(names):
        rights = READ_ONLY if name == "alembic_version" else ADD_ONLY if name in APPEND_ONLY else READ_WRITE
        connection.execute(text(f"REVOKE ALL ON TABLE {quote(name)} FROM {quote(role)}"))
        connection.execute(text(f"GRANT {rights} ON TABLE {quote(name)} TO {quote(role)}"))
    for function in sorted(connection.execute(OWNED_FUNCTIONS, {"names": list(CALLABLE)}).scalars()):
        connection.execute(text(f"GRANT EXECUTE ON FUNCTION {function} TO {quote(role)}"))
