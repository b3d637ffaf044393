# Every command a person needs. `make demo` and `make test` install by themselves.
.DEFAULT_GOAL := help
PYTHON ?= $(shell .ci/find-python)
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed
# Half of the time of a test goes by in waiting for servers and browsers.
WORKERS = $(shell n=$$(nproc 2>/dev/null || echo 2); echo $$((n < 4 ? n * 2 : 8)))

# Thousands of short processes load the same modules: compiled once, whatever the caller's environment says.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: help install demo test test-quick test-bare check lint types lock bench clean

help: ## list the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 16

install: $(STAMP) ## make .venv from requirements.lock

$(STAMP): requirements.lock pyproject.toml .ci/install
	@.ci/install "$(PYTHON)" "$(VENV)"
	@touch $@

demo: $(STAMP) ## build an example share (./contoh), assess it, say where the report lies
	@$(BIN)/iid demo --dir contoh

test: $(STAMP) ## run all tests (installs the services they start where it may)
	@.ci/services
	@$(BIN)/pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder $(PYTEST_ARGS)

test-quick: $(STAMP) ## the first gate: no servers, no browser
	@$(BIN)/pytest -n auto --maxprocesses 4 -m "not integration and not browser" tests/unit tests/cases tests/test_layout.py tests/test_language.py $(PYTEST_ARGS)

test-bare: ## make demo and make test in a bare Debian root (needs root and debootstrap; half an hour)
	@.ci/bare

check: lint types ## lint and types

lint: $(STAMP) ## style, and the rules between rooms (import-linter)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/lint-imports

types: $(STAMP)
	@$(BIN)/mypy

bench: $(STAMP) ## measure speed and memory (minutes)
	@$(BIN)/python benchmarks/assess.py

lock: ## resolve requirements.lock again (needs uv)
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --group pyproject.toml:dev pyproject.toml -o requirements.lock

clean: ## remove what the commands above made
	rm -rf $(VENV) build dist contoh hasil-uji *.egg-info .pytest_cache .mypy_cache .ruff_cache
