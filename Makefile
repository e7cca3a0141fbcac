# Thin on purpose: every line calls a tool people know.
PY := .venv/bin/python
# Compiled code is kept, beside the libraries and out of the tree: without it every start takes three times as long.
export PYTHONPYCACHEPREFIX ?= $(CURDIR)/.venv/bytecode
unexport PYTHONDONTWRITEBYTECODE

.PHONY: install install-dev run test check prove bench soak lint types law openapi audit

install: .venv/.installed
install-dev: .venv/.installed-dev

.venv/.installed: requirements.lock pyproject.toml tools/bootstrap.sh
	@sh tools/bootstrap.sh requirements.lock
	@touch $@

.venv/.installed-dev: requirements-dev.lock pyproject.toml tools/bootstrap.sh
	@sh tools/bootstrap.sh requirements-dev.lock
	@touch .venv/.installed $@

run: install
	@$(PY) -m wonward first-run

check: install
	@$(PY) -m wonward check

test: install-dev
	@$(PY) tools/run_tests.py

prove: install-dev
	@$(PY) tools/prove.py

bench: install-dev
	@$(PY) -m wonward bench
	@$(PY) -m tests.bench_on_postgresql
	@$(PY) -m tests.browser.timeline.bench
	@$(MAKE) soak

# Only the load, for seven minutes: a company of 200 at 30 requests a second, with the worker, an import, a backup and 2,000 streams.
soak: install-dev
	@FULL=1 $(PY) -m wonward bench load

lint: install-dev
	@$(PY) -m ruff check src tests tools

types: install-dev
	@$(PY) -m mypy

law: install-dev
	@$(PY) -m pytest -q tests/architecture

openapi: install-dev
	@$(PY) -m wonward openapi > docs/openapi.json

# Asks the network whether a pinned dependency has a known hole; without a network it fails and says so.
audit: install-dev
	@$(PY) -m pip_audit --strict --requirement requirements.lock || { echo "NOT AUDITED: a known hole stands above, or there is no network to ask."; exit 1; }
