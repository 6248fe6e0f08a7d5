-- What needs a superuser, once: three roles that own as little as they can, two databases, the vector extension.
-- Run by psql: in the image's /docker-entrypoint-initdb.d on the first start, or by hand against a server of your own with
-- the three passwords in the environment. Then `discovery db migrate`.
\set ON_ERROR_STOP on
\getenv owner_password DISCOVERY_OWNER_PASSWORD
\getenv app_password DISCOVERY_APP_PASSWORD
\getenv dagster_password DISCOVERY_DAGSTER_PASSWORD

-- The owner of the tables migrates them; the application connects as a role that row-level security holds for.
CREATE ROLE discovery_owner LOGIN NOSUPERUSER NOBYPASSRLS PASSWORD :'owner_password';
CREATE ROLE discovery_app LOGIN NOSUPERUSER NOBYPASSRLS PASSWORD :'app_password';
CREATE ROLE discovery_dagster LOGIN NOSUPERUSER NOBYPASSRLS PASSWORD :'dagster_password';
-- A crash may cost the last moments of a run's history in Dagster, never a decision; events cost half as much.
ALTER ROLE discovery_dagster SET synchronous_commit = off;

CREATE DATABASE discovery OWNER discovery_owner;
CREATE DATABASE dagster OWNER discovery_dagster;
REVOKE ALL ON DATABASE discovery, dagster, postgres FROM PUBLIC;
GRANT CONNECT, TEMPORARY ON DATABASE discovery TO discovery_app;

\connect discovery
CREATE EXTENSION vector;
