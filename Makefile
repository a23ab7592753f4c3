# Tagstore. `make` alone lists what there is; nothing here needs root.
# The stamps carry a checksum of the requirements, so nothing is installed twice. The requirements
# are whole, so pip looks for nothing else: a newer release of something must not stop an install.

SHELL := /bin/sh
BIN := .venv/bin
RUN := .venv/.installed-$(shell cat requirements.txt | cksum | tr -d ' ')
DEV := .venv/.installed-dev-$(shell cat requirements.txt requirements-dev.txt | cksum | tr -d ' ')
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps

.PHONY: help run test check audit bench e2e soak coverage licences format

help: ## List the targets
	@sed -n 's/^\([a-z0-9]*\):[^#]*## /\1\t/p' Makefile | expand -t 12

run: $(RUN) ## Serve on http://127.0.0.1:5000 (Ctrl-C stops)
	@exec $(BIN)/python tools/foreground.py $(BIN)/flask serve

test: $(DEV) ## Run every test, Python, browser and JavaScript
	@exec $(BIN)/python tools/test.py

check: $(DEV) ## Format, lint, types, architecture, licences
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/pytest -q tests/test_architecture.py
	$(BIN)/python tools/licences.py

audit: $(DEV) ## Look for known vulnerabilities (needs the network)
	$(BIN)/pip-audit --strict --disable-pip --require-hashes -r requirements.txt

bench: $(DEV) ## Measure; tables, JSON in build/benchmarks/, and docs/reference/performance.md
	@for file in benchmarks/[a-z]*.py; do \
		name=$${file##*/}; $(BIN)/python -m benchmarks.$${name%.py} || exit 1; done
	@$(BIN)/python -m benchmarks._report

e2e: $(DEV) ## Only the tests in a real browser
	@exec $(BIN)/python tools/test.py tests/e2e

soak: $(DEV) ## The long proofs, whole
	@SOAK=1 exec $(BIN)/python tools/test.py -m soak

coverage: $(DEV) ## Which lines the tests never reach
	$(BIN)/pytest -n 2 --dist loadfile --cov --cov-report=term

licences: $(DEV) ## Write docs/reference/licences.md anew
	$(BIN)/python tools/licences.py --write

format: $(DEV) ## Format, and mend what ruff can mend
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

$(RUN):
	@sh tools/venv.sh
	@echo "Installing what Tagstore needs (once) …"
	@$(PIP) -r requirements.txt
	@touch $@

$(DEV): | $(RUN)
	@echo "Installing what the tests need (once) …"
	@$(PIP) -r requirements.txt -r requirements-dev.txt
	@touch $@
