# Everything happens in .venv, from hash-locked requirements. `make run` and `make test` need only
# python3, python3-venv, make and ca-certificates.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/pip install --quiet --disable-pip-version-check
LOCAL := $(VENV)/.local-installed
DEV := $(VENV)/.dev-installed
LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 \
	--generate-hashes --no-header --no-annotate --extra build pyproject.toml

.PHONY: help run test lint types contracts migrations-check openapi openapi-check docs docs-check examples deploy-check lock check clean
.DELETE_ON_ERROR:

help: ## what there is to make
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 20

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(LOCAL): requirements/local.txt pyproject.toml | $(BIN)/python
	$(PIP) --require-hashes -r requirements/local.txt
	$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

$(DEV): requirements/dev.txt $(LOCAL)
	$(PIP) --require-hashes -r requirements/dev.txt
	@touch $@

run: $(LOCAL) ## start both services with the demo; Ctrl-C stops them
	@exec $(BIN)/python -m local_stack.run

test: $(DEV) ## the whole test suite, against a real PostgreSQL
	$(BIN)/python -m pytest $(ARGS)

lint: $(DEV) ## ruff: rules and format
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(DEV) ## mypy, strict
	$(BIN)/mypy

contracts: $(DEV) ## who may import whom
	$(BIN)/lint-imports

migrations-check: $(DEV) ## the migrations make exactly what the models say
	$(BIN)/python -m tests.migrations_match_models

openapi: $(DEV) ## write openapi/ anew from the code
	$(BIN)/python openapi/generate.py

openapi-check: $(DEV) ## openapi/ is what the code says
	$(BIN)/python openapi/generate.py --check

docs: $(DEV) ## write docs/procedure.md anew from the specifications
	$(BIN)/python -m tests.spec.document

docs-check: $(DEV) ## docs/procedure.md is what the specifications say
	$(BIN)/python -m tests.spec.document --check

examples: $(DEV) ## write the demo's annual report anew, in every format
	$(BIN)/python -m tests.reporting_api.example_report

deploy-check: $(DEV) ## container and compose files
	$(BIN)/python -m pytest --quiet tests/deploy

lock: $(DEV) ## resolve the requirements anew (UPGRADE=1: to the newest)
	$(LOCK) $(if $(UPGRADE),--upgrade) --output-file requirements/runtime.txt
	$(LOCK) $(if $(UPGRADE),--upgrade) --extra local --constraint requirements/runtime.txt \
		--output-file requirements/local.txt
	$(LOCK) $(if $(UPGRADE),--upgrade) --extra local --extra dev --constraint requirements/local.txt \
		--output-file requirements/dev.txt

check: test lint types contracts migrations-check openapi-check docs-check deploy-check ## all that CI asks

clean: ## remove the virtual environment and what the tools cached
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
