"""The Dockerfile: stages, sources, user, and nothing of a developer's in the image."""

from __future__ import annotations

import fnmatch
import re
import tomllib
from glob import glob

import pytest

from discovery_pipeline_tests.deploy.deployment import DEPLOY, ROOT, image_environment, services, stages

PIN = re.compile(r"(?m)^([A-Za-z0-9._-]+(?:\[[^]]*\])?)==(\S+)(.*(?:\n    --hash.*)*)")


def context_files() -> list[str]:
    return [
        line
        for line in (DEPLOY / "Dockerfile.dockerignore").read_text(encoding="utf-8").splitlines()
        if line and not line.startswith("#")
    ]


def reaches_the_build(path: str) -> bool:
    """Docker's rule: the last line that matches a path or a folder above it decides."""
    parts = path.split("/")
    above = ["/".join(parts[: n + 1]) for n in range(len(parts))]
    kept = True
    for line in context_files():
        pattern = line.removeprefix("!")
        named = pattern.removeprefix("**/")
        if any(fnmatch.fnmatchcase(p, pattern) or fnmatch.fnmatchcase(p.split("/")[-1], named) for p in above):
            kept = line.startswith("!")
    return kept


def copied() -> list[tuple[str, list[str]]]:
    """(stage copied from or "", sources) of every COPY."""
    found = []
    for stage in stages():
        for words in stage.all("COPY"):
            options, paths = [w for w in words.split() if w.startswith("--")], words.split()
            source = next((o.removeprefix("--from=") for o in options if o.startswith("--from=")), "")
            found.append((source, [p for p in paths if not p.startswith("--")][:-1]))
    return found


def pins(lock: str) -> dict[str, tuple[str, str]]:
    text = (ROOT / lock).read_text(encoding="utf-8")
    return {name.split("[")[0]: (version, hashes) for name, version, hashes in PIN.findall(text)}


def test_the_bases_are_pinned_by_tag_and_the_stages_have_names() -> None:
    assert [stage.name for stage in stages()] == ["build", "runtime"]
    assert len({stage.base for stage in stages()}) == 1  # one Python in both: the environment is copied
    assert re.fullmatch(r"python:3\.\d+-slim-\w+", stages()[0].base)
    assert not services()["postgres"]["image"].endswith(":latest")
    assert ":" in services()["postgres"]["image"]


def test_the_python_is_one_the_project_supports() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["requires-python"].startswith(f">={stages()[0].base.split(':')[1].split('-')[0]}")


def test_the_container_does_not_run_as_root() -> None:
    runtime = stages()[-1]
    assert runtime.all("USER") == ["10001:10001"]
    assert runtime.steps.index(("USER", "10001:10001")) > max(
        n for n, (instruction, _) in enumerate(runtime.steps) if instruction in ("RUN", "COPY")
    )
    assert any(
        "--owner=10001" in words and image_environment()["DISCOVERY_HOME"] in words for words in runtime.all("RUN")
    )


def test_what_is_copied_exists_and_reaches_the_build() -> None:
    for stage, sources in copied():
        for source in sources:
            if stage:
                assert stage in [s.name for s in stages()]
            else:
                assert (ROOT / source).exists(), source
                assert reaches_the_build(source), source


@pytest.mark.parametrize(
    "path",
    [".git/config", "deploy/.env", ".discovery/postgres/state.json", ".venv/bin/python", "bench-data/x.csv",
     "discovery_pipeline_tests/conftest.py", "discovery_pipeline/defs/__pycache__/x.pyc", "discovery_pipeline/.env"],
)  # fmt: skip
def test_what_is_not_the_programs_never_reaches_the_build(path: str) -> None:
    assert not reaches_the_build(path)


def test_dependencies_are_hash_locked_wheels() -> None:
    install = next(words for words in stages()[0].all("RUN") if "requirements-runtime.txt" in words)
    assert "--require-hashes" in install
    assert "--only-binary :all:" in install
    assert all("--hash=sha256:" in hashes for _, hashes in pins("requirements-runtime.txt").values())


def test_the_image_has_what_was_tested_and_no_developers_tools() -> None:
    runtime, tested = pins("requirements-runtime.txt"), pins("requirements.txt")
    assert {name: runtime[name] for name in runtime.keys() & tested.keys() if runtime[name] != tested[name]} == {}
    assert runtime.keys() & {"pytest", "ruff", "mypy", "playwright", "pre-commit", "import-linter"} == set()
    document = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    extras = document["project"]["optional-dependencies"]
    wanted = [
        *document["project"]["dependencies"],
        *extras["s3"],
        *extras["build"],
        *document["build-system"]["requires"],
    ]
    names = {re.split(r"[\[=<>]", wish)[0].lower() for wish in wanted}
    assert names - runtime.keys() == set()


def test_dagster_finds_its_configuration_where_it_is_copied() -> None:
    environment = image_environment()
    target = next(words.split()[-1] for words in stages()[-1].all("COPY") if "deploy/dagster.yaml" in words)
    assert target.rstrip("/") == environment["DAGSTER_HOME"] == environment["DISCOVERY_DAGSTER_HOME"]
    workspace = f"{target}workspace.yaml"
    for name in ("webserver", "daemon"):
        assert workspace in services()[name]["command"]


@pytest.mark.parametrize("package", ["discovery_pipeline", "streamlit_app"])
def test_what_the_code_reads_beside_itself_is_installed_with_it(package: str) -> None:
    packaging = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"][
        "package-data"
    ]
    patterns = packaging[package]
    installed = {name for pattern in patterns for name in glob(pattern, root_dir=ROOT / package, recursive=True)}
    read = {
        str(path.relative_to(ROOT / package))
        for path in (ROOT / package).rglob("*")
        if path.is_file() and path.suffix not in (".py", ".pyc", ".typed")
    }
    assert read - installed == set()
