# Every target sets up what it needs in .venv; PYTHON names the interpreter to build it with (3.11 or later).
PYTHON ?= python3
BIN := .venv/bin
.DEFAULT_GOAL := demo
.PHONY: demo test ui lint bench bench-quick setup clean

demo: .venv/.warm
	$(BIN)/planner demo

test: .venv/.test .venv/.warm
	$(BIN)/pytest -n auto --dist worksteal

ui: .venv/.ui .venv/.warm
	$(BIN)/planner ui

lint: .venv/.lint
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# Hours: every instance of every benchmark set in PLANNER_SHARED that has no line in runs/bench yet. PLANNER_PYVRP_VENV
# names a virtual environment with PyVRP 0.14 for the peers' columns, PLANNER_VRPCLI_VENV one with vrp-cli 1.22.
bench: .venv/.test
	$(BIN)/pytest -m bench tests/bench -s
	$(BIN)/python -m planner.warm
	$(BIN)/python -m tests.bench.sets run
	$(BIN)/python -m tests.bench.sets table -o runs/bench/tables.md

# Half an hour at most: a fixed sample of each set.
bench-quick: .venv/.test
	$(BIN)/python -m planner.warm
	$(BIN)/python -m tests.bench.sets run --quick
	$(BIN)/python -m tests.bench.sets table --quick -o runs/bench/tables-quick.md

setup: .venv/.lint .venv/.warm

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Python 3.11 or later is needed: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --upgrade pip

.venv/.base: pyproject.toml | .venv/bin/python
	$(BIN)/pip install --quiet -e '.[batch,export]'
	@touch $@

# The first use of a compiled loop costs seconds: the set-up spends them once.
.venv/.warm: .venv/.base
	$(BIN)/python -m planner.warm
	@touch $@

.venv/.ui: .venv/.base
	$(BIN)/pip install --quiet -e '.[ui,osm]'
	@touch $@

.venv/.test: .venv/.ui
	$(BIN)/pip install --quiet -e '.[ui,osm,test]'
	@touch $@

.venv/.lint: .venv/.test
	$(BIN)/pip install --quiet -e '.[ui,osm,test,lint]'
	@touch $@

clean:
	rm -rf .venv runs build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
