# Two commands from nothing: `make demo` and `make test`. Both make `.venv` first, and say what they do.
PYTHON ?= python3
BIN := .venv/bin
.DEFAULT_GOAL := help

help: ## show the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

setup: .venv/.done ## make .venv with everything that is needed

.venv/.done: pyproject.toml requirements/dev.lock
	@echo "== setting up .venv (once)"
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; sys.exit(0 if (3, 11) <= v <= (3, 13) else f"Python 3.11 to 3.13 is needed, this is {v[0]}.{v[1]}: make PYTHON=python3.11 setup")'
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv || { echo "On Debian and Ubuntu: apt-get install python3-venv"; exit 1; }
	@test -x $(BIN)/uv || $(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	@$(BIN)/uv pip install --quiet --python $(BIN)/python -r requirements/dev.lock -e .
	@touch $@

demo: setup ## backtest the strategies on real candles and name the report
	@$(BIN)/tradingbot demo

test: setup ## run all tests
	@echo "== tests"
	@$(BIN)/python -m pytest -q

check: setup ## lint, types, layers and budgets, as CI does
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format: setup ## format the code
	@$(BIN)/ruff check --fix . ; $(BIN)/ruff format .

bench: setup ## measure beside peers, each in its own environment; writes benchmarks/RESULTS.md
	@$(BIN)/python -m benchmarks.run

lock: ## renew requirements/dev.lock from pyproject.toml
	@test -x $(BIN)/uv || { $(PYTHON) -m venv .venv && $(BIN)/python -m pip install --quiet uv; }
	@$(BIN)/uv pip compile --quiet --universal --no-header --extra dev pyproject.toml -o requirements/dev.lock

clean: ## remove what was made here (not data/ and runs/)
	@rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache demo test-output

.PHONY: help setup demo test check format bench lock clean
