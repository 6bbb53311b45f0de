# fakeqq: every job of the project. `make help` lists them.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed

# Passed on: make grade ADAPTER="node bot.js" · make test TESTS=tests/core
ADAPTER ?=
TESTS   ?= tests
WORKERS ?= 5
SEED    ?= 1
FAULTS  ?= 100000
FACTOR  ?= 20

# Hundreds of small programs are started here: each would be compiled anew where nothing compiled may be kept.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help setup run test check grade matrix leaderboard bench storm coverage fuzz long docs clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(STAMP) ## make the virtual environment and install everything

$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit("fakeqq needs Python 3.11 or newer; try: make PYTHON=python3.12" if sys.version_info < (3, 11) else 0)'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "installing (once, about a minute) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@

run: setup ## start the platform here and show live what happens on the wire
	@$(BIN)/fakeqq serve

test: setup faketime chromium ## run every test, those with real clients too
	@$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal $(TESTS)

check: setup ## lint, types and import rules
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/python -m pytest -q tests/test_architecture.py

grade: setup faketime ## grade an adapter: make grade ADAPTER="python bot.py" (none: the reference client)
	@$(BIN)/python -m pytest conformance $(if $(ADAPTER),--adapter '$(ADAPTER)')

matrix: setup faketime ## run every bad bot against its whole chapter, write docs/SINNERS.md
	@$(BIN)/python tests/suite/matrix.py

leaderboard: setup faketime ## grade the reference client and released clients, write docs/LEADERBOARD.md
	@$(BIN)/python tests/interop/leaderboard.py

bench: setup ## measure beside the yardsticks, print ratios
	@$(BIN)/python benchmarks/run.py

storm: setup ## throw seeded faults at the cores of platform and client: make storm SEED=7 FAULTS=1000000
	@$(BIN)/python tests/simulation/storm.py --seed $(SEED) --faults $(FAULTS)

coverage: setup ## branch coverage of each core of the reference client by its own tests: it must be 100 %
	@$(BIN)/python tests/client/coverage_of_cores.py

fuzz: setup ## throw many new random inputs at a live server: make fuzz FACTOR=100 TESTS=tests/fuzz/test_every_operation.py
	@FAKEQQ_FUZZ_FACTOR=$(FACTOR) $(BIN)/python -m pytest -q --timeout 0 -n $(WORKERS) $(if $(filter tests,$(TESTS)),tests/fuzz $(wildcard tests/core/*_machine.py) tests/core/test_snapshot_twins.py,$(TESTS))

long: setup faketime ## the tests too long for every day: twenty repeats on a busy machine, every check on released clients
	@FAKEQQ_LONG_TESTS=1 $(BIN)/python -m pytest -v tests/suite/test_same_verdicts.py tests/interop/test_interop_grading.py

docs: setup ## write the generated pages anew
	@$(BIN)/python -m fakeqq.wire.provenance > docs/PROVENANCE.md
	@$(BIN)/python -m fakeqq.core.rest.api_page > docs/API.md
	@$(BIN)/python -m fakeqq.core.faults.fault_page > docs/FAULTS.md
	@$(BIN)/python -m conformance.catalogue > docs/CHECKS.md
	@$(BIN)/python -m conformance.report.document > docs/results.schema.json

clean: ## remove what setup and tests made
	@rm -rf $(VENV) .cache .pytest_cache .mypy_cache .ruff_cache .hypothesis
	@find . -name __pycache__ -prune -exec rm -rf {} +

# $(call install,package,what is lost without it): with apt-get where that is possible, else say what to do.
define install
if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	echo "installing $(1) with apt-get ..."; \
	(apt-get update -qq && apt-get install -y -qq --no-install-recommends $(1)) >/dev/null 2>&1 || echo "$(1) could not be installed: $(2)"; \
else \
	echo "$(1) is not installed (apt-get install $(1)): $(2)"; \
fi
endef

# libfaketime lets an adapter's minute pass in seconds. Without it everything works, at the adapter's own pace.
.PHONY: faketime chromium
faketime:
	@ls /usr/lib*/*/faketime/libfaketimeMT.so.1 /usr/lib*/faketime/libfaketimeMT.so.1 2>/dev/null | grep -q . || { \
	$(call install,faketime,checks run at the adapter's own pace) ; }

chromium:
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || { \
	$(call install,chromium,the tests that look at the report in a browser are skipped) ; }
