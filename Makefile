# Two commands matter: `make demo` and `make test`. Both set up everything they need.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready
NODE_READY := tests/server/node_modules/.ready

.PHONY: demo test check bench mutate mutate-data lint types contracts server-deps lock schemas demo-export clean help

help:            ## list the targets
	@grep -E '^[a-z-]+: .*##' $(MAKEFILE_LIST) | sed 's/:[^#]*##/ -/'

$(READY): requirements.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

# Without Node the tests against the real FHIR server are skipped with one line (CI=true: they fail).
$(NODE_READY): tests/server/package-lock.json
	@if command -v npm >/dev/null 2>&1; then cd tests/server && npm ci --ignore-scripts --no-audit --no-fund --silent && touch node_modules/.ready; \
	else echo "npm not found: tests against the real FHIR server will be skipped"; fi

server-deps: $(NODE_READY)   ## install the real FHIR server the tests use

demo: $(READY)   ## run the main job on the bundled synthetic hospital
	$(BIN)/fhir-adapter demo

test: $(READY) server-deps   ## everything but the slow tests
	$(BIN)/python -m pytest -q -n 2 -m "not slow"

check: $(READY) server-deps lint types contracts   ## everything CI runs
	$(BIN)/fhir-adapter check
	$(BIN)/python -m pytest -q -n 2 -m "not slow" --cov --cov-report=
	$(BIN)/python -m coverage report --include='fhir_adapter/domain/*' --fail-under=100
	$(BIN)/python -m coverage report --fail-under=95
	$(BIN)/python -m pytest -q -n 2 -m slow

lint: $(READY)   ## format and lint
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: $(READY)   ## mypy strict
	$(BIN)/mypy

contracts: $(READY)   ## who may import whom
	$(BIN)/lint-imports

bench: $(READY)   ## measure reading, storing and deriving (not a test)
	$(BIN)/python -m benchmarks

mutate: $(READY)   ## try every small change of the code that grades and escalates (not part of check; ONLY='pattern')
	$(BIN)/python -m tests.mutation.code_mutants $(ONLY)

mutate-data: $(READY)   ## try every small change of the mappings, explained ones too (not part of check)
	$(BIN)/python -m tests.mutation.shards

demo-export: $(READY)   ## write the demo hospital's export from the scenario files
	$(BIN)/python -m tests.scenarios.export

schemas: $(READY)   ## write the JSON Schemas of mappings and results
	$(BIN)/python -m fhir_adapter.definitions.generate
	$(BIN)/python -m fhir_adapter.report.schema

lock: $(READY)   ## renew requirements.lock
	$(BIN)/python -m pip install --quiet pip-tools
	$(BIN)/pip-compile --quiet --generate-hashes --extra dev --strip-extras --no-emit-index-url --no-emit-trusted-host --no-emit-find-links --no-header --allow-unsafe -o requirements.lock pyproject.toml

clean:           ## remove what the targets made
	rm -rf $(VENV) tests/server/node_modules mutants demo-sink fhir_adapter.db fhir_adapter.db-wal fhir_adapter.db-shm fhir_adapter.db.secret
