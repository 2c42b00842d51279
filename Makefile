# The commands of this project. `make` alone lists them; each sets up .venv first where it needs one.

PORT ?= 8000
N ?= 200000
ARGS ?=

VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
CANDIDATES := python3 python3.14 python3.13 python3.12 python3.11
PYTHON ?= $(shell for p in $(CANDIDATES); do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
INSTALL := $(BIN)/python -m pip install --quiet --no-deps
COMPILE = $(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--no-header --quiet

export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help demo test lint types arch docs bench masks soak lock browser

help: ## List these commands
	@sed -n 's/^\([a-z]*\):[^#]*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 8

demo: $(READY) ## Harvest the sample sources and serve them (PORT=8000, ARGS=)
	$(BIN)/gongshi demo --port $(PORT) $(ARGS)

test: lint types arch browser ## Run every check and every test (ARGS= for pytest)
	$(BIN)/python -m pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder $(ARGS)

lint: $(READY) ## Check style and format (ruff)
	$(BIN)/ruff check --quiet .
	$(BIN)/ruff format --check --quiet .

types: $(READY) ## Check types (mypy, strict)
	$(BIN)/mypy

arch: $(READY) ## Check the direction of imports (import-linter)
	$(BIN)/lint-imports --no-logo

docs: $(READY) ## Rewrite docs/settings.md and docs/commands.md from the code
	$(BIN)/python docs/reference.py

bench: $(READY) ## Measure on N=200000 generated items, beside hand-made floors
	$(BIN)/python -m bench --items $(N) $(ARGS)

masks: $(READY) ## Measure what is masked and what is not, by class (ARGS= a seed)
	$(BIN)/python -m tests.fixtures.personal_texts $(ARGS)

soak: browser ## Run every test, with ten times as many examples, items and rounds (ARGS= for pytest)
	$(BIN)/python -m pytest --soak $(ARGS)

# requirements.lock holds everything; the others the parts of it that build and that an installation needs.
lock: | $(READY) ## Lock the dependencies anew (ARGS=--upgrade for newer ones)
	$(COMPILE) pyproject.toml --extra samples --group dev --output-file requirements.lock $(ARGS)
	$(COMPILE) pyproject.toml --extra samples --constraint requirements.lock --no-annotate --output-file requirements-run.lock
	$(COMPILE) --group build --constraint requirements.lock --no-annotate --output-file requirements-build.lock

# Nothing is fetched that is not in the lock: what builds packages is in it too, and is installed first.
$(READY): requirements.lock requirements-build.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed, and none was found; name one with make PYTHON=/path/to/python3" >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) \
		|| { echo "$(PYTHON) cannot make a virtual environment; on Debian: apt-get install python3-venv" >&2; exit 1; }
	@echo "Setting up $(VENV) from requirements.lock"
	@$(INSTALL) --require-hashes -r requirements-build.lock
	@$(INSTALL) --require-hashes --only-binary :all: -r requirements.lock
	@$(INSTALL) --no-build-isolation --editable .
	@touch $@

# The tests of the pages want a Chromium and a Chinese font; without them they are skipped by name.
browser: $(READY)
	@if ! command -v chromium chromium-browser google-chrome >/dev/null \
		&& [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		echo "Installing Chromium for the tests of the pages"; \
		{ apt-get -qq update && apt-get -qq install -y --no-install-recommends chromium fonts-noto-cjk; } >/dev/null 2>&1 \
			|| echo "Chromium could not be installed; the tests that need it will say so"; \
	fi
