# Two commands do all the set-up: `make sandbox` and `make test`. Python 3.11 or newer is all they need.

# Threads of the linear algebra wait for each other where several processes work on few cores.
export OPENBLAS_NUM_THREADS ?= 1
export OMP_NUM_THREADS ?= 1

PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin

.PHONY: sandbox run test check bench torture clean

sandbox: .venv/installed
	$(BIN)/marko sandbox $(ARGS)

run: .venv/installed
	$(BIN)/marko run

test: check
	$(BIN)/pytest -n auto --dist loadfile $(ARGS)

check: .venv/installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: .venv/installed-dev
	$(BIN)/python -m benchmarks

torture: .venv/installed-dev
	$(BIN)/python -m tests.torture

clean:
	rm -rf .venv .mypy_cache .ruff_cache .hypothesis .import_linter_cache

.venv/installed: requirements.txt pyproject.toml
	@test -n "$(PYTHON)" || { echo "Marko needs Python 3.11 or newer; none was found."; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $@

.venv/installed-dev: .venv/installed requirements-dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@
