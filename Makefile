# Everything is set up on first use, in .venv: `make run` opens glance, `make help` lists the rest.

VENV := .venv
BIN := $(VENV)/bin
RUN := $(VENV)/.run-ready
DEV := $(VENV)/.dev-ready
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input
LOCKED := --require-hashes --only-binary :all:

# The newest Python that is new enough and can make a virtual environment. Each candidate is run,
# since a version manager may have names on the path that lead nowhere. Give another as PYTHON=...
FIND_PYTHON = for name in $(or $(PYTHON),python3.14 python3.13 python3.12 python3.11 python3 python); do \
	if "$$name" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; \
	then echo "$$name"; break; fi; done
NO_PYTHON = "glance needs Python 3.11 or newer, with the venv module." \
	"  why  none of $(or $(PYTHON),python3.14 python3.13 python3.12 python3.11 python3 python) is one." \
	"  do   install it (Debian and Ubuntu: apt install python3 python3-venv), or name it: make run PYTHON=/path/to/python3"

UV ?= uv
UV_LOCK = $(UV) pip compile --quiet --universal --python-version 3.11 --only-binary :all: \
	--generate-hashes --no-emit-index-url --no-header

TESTS ?= tests
ARGS ?=
SEQUENCES ?= 2000
KILLS ?= 200
PYTEST = $(BIN)/python -m pytest -n 2

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run demo test soak check bench pictures format lint types floors lock build clean

help: ## List what can be made
	@echo 'make TARGET, where TARGET is one of:'
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  \1|\2/p' $(MAKEFILE_LIST) | while IFS='|' read -r name text; do \
		printf '%-12s%s\n' "$$name" "$$text"; done

run: $(RUN) ## Open glance on LOG=file, or on its demo; more words in ARGS="..."
	@$(BIN)/python -m glance $(if $(LOG),"$(LOG)",demo) $(ARGS)

demo: $(RUN) ## Open glance on made-up live traffic
	@$(BIN)/python -m glance demo $(ARGS)

test: $(DEV) ## Run the tests; TESTS=path for some of them, ARGS="..." for pytest
	$(PYTEST) $(ARGS) $(TESTS)

soak: $(DEV) ## The long form of every random test: SEQUENCES=2000 of rotations and crashes, KILLS=200
	GLANCE_SOAK=1 GLANCE_SOAK_SEQUENCES=$(SEQUENCES) GLANCE_SOAK_KILLS=$(KILLS) GLANCE_SOAK_LOSSES=600 \
		$(PYTEST) --timeout=3600 $(ARGS) tests/sources/test_tail_state_machine.py \
		tests/end_to_end/test_collect_killed.py tests/end_to_end/test_stalled_terminal.py \
		tests/store/test_crash_points.py tests/store/test_faults.py

check: format-check lint types floors test ## Everything that must hold: format, lint, types, floors, tests

bench: $(DEV) ## Measure speed and memory beside other tools
	@$(BIN)/python -m tests.bench $(ARGS)

pictures: $(DEV) ## Draw every screen as pictures
	@$(BIN)/python -m tests.pictures $(ARGS)

format: $(DEV) ## Write all code in one form
	$(BIN)/ruff format glance tests
	$(BIN)/ruff check --quiet --select I --fix glance tests

.PHONY: format-check
format-check: $(DEV)
	$(BIN)/ruff format --check glance tests

lint: $(DEV) ## Look for mistakes
	$(BIN)/ruff check glance tests

types: $(DEV) ## Check the types, strictly
	$(BIN)/mypy

floors: $(DEV) ## Check that each package imports only from floors below it
	$(BIN)/lint-imports

lock: ## Pin dependencies anew, with hashes (needs uv); ARGS=--upgrade for newer ones
	$(UV_LOCK) $(ARGS) pyproject.toml --output-file requirements.lock
	$(UV_LOCK) $(ARGS) --group build --output-file requirements-build.lock
	$(UV_LOCK) $(ARGS) pyproject.toml --group dev --constraints requirements.lock --output-file requirements-dev.lock

build: $(DEV) ## Build the wheel and the source archive into dist/
	$(BIN)/hatchling build --directory dist

clean: ## Remove everything that was made
	rm -rf $(VENV) dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage .coverage.*
	find glance tests -name __pycache__ -prune -exec rm -rf {} +

# What glance needs, and glance itself as it stands here. Hashes pin everything that is fetched;
# the project itself is then built with nothing more from the network.
$(RUN): requirements.lock requirements-build.lock
	@python=$$($(FIND_PYTHON)); \
	if [ -z "$$python" ]; then printf '%s\n' $(NO_PYTHON) >&2; exit 1; fi; \
	echo "setting up $(VENV) with $$("$$python" --version), once"; \
	"$$python" -m venv --clear $(VENV)
	@$(PIP) $(LOCKED) -r requirements.lock -r requirements-build.lock
	@$(PIP) --no-index --no-deps --no-build-isolation --editable .
	@touch $@

$(DEV): $(RUN) requirements-dev.lock
	@echo 'setting up what the tests and checks need, once'
	@$(PIP) $(LOCKED) -r requirements-dev.lock
	@touch $@
