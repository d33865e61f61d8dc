# Every command of the project. Kept to what GNU make 3.81 (macOS) understands.

PYTHON_IN = .venv/bin/python
UV_COMPILE = .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --fork-strategy fewest \
	--generate-hashes --no-emit-index-url --no-header --no-annotate --no-strip-extras $(ARGS)

.DEFAULT_GOAL := help
.PHONY: help setup demo docs golden test check format chaos bench conformance hostile lock producers clean

help: ## show this list
	@echo "make <target>"
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  %-11s %s\n", $$1, $$2 }' Makefile

setup: ## make .venv (PYTHON=... picks the interpreter); nothing to do when it is there
	@sh deploy/setup.sh

demo: setup ## run the demonstration (ONCE=1: one round, then stop; DIR=folder: keep its files there)
	@exec $(PYTHON_IN) deploy/demo/demo.py $(if $(ONCE),--once) $(if $(DIR),--dir "$(DIR)") $(ARGS)

docs: setup ## write the tables of docs/configuration.md and docs/identifiers.md
	@$(PYTHON_IN) deploy/configuration.py
	@$(PYTHON_IN) -m deploy.identifiers

golden: setup ## renew the reviewed schemas in tests/golden, when they shall change
	@.venv/bin/lineage-gateway schema > tests/golden/schema.graphql
	@.venv/bin/lineage-gateway schema --subgraph > tests/golden/subgraph.graphql

test: setup ## run the tests with coverage (ARGS="-k name" for some of them)
	@$(PYTHON_IN) -m pytest --numprocesses=auto --cov --cov-report= $(ARGS)
	@$(PYTHON_IN) -m coverage report --format=total | sed 's/^/coverage: /;s/$$/ %/'

check: setup ## formatting, lint, types, import contracts
	$(PYTHON_IN) -m ruff format --check .
	$(PYTHON_IN) -m ruff check .
	$(PYTHON_IN) -m mypy
	.venv/bin/lint-imports --no-logo

format: setup ## format, and mend what ruff can mend
	$(PYTHON_IN) -m ruff format .
	$(PYTHON_IN) -m ruff check --fix .

chaos: setup ## kill, cut and hang things, and look whether anything acknowledged is lost
	@exec $(PYTHON_IN) -m tests.chaos $(ARGS)

bench: setup ## measure
	@exec $(PYTHON_IN) -m deploy.bench $(ARGS)

conformance: setup ## let the clients, composers and routers of others try the gateway (ARGS=audits: only that suite)
	@sh deploy/setup.sh conformance
	@exec $(PYTHON_IN) -m tests.conformance $(ARGS)

hostile: setup ## 5,000 generated GraphQL requests: none may be a defect, none may take a second
	@LINEAGE_HOSTILE_REQUESTS=5000 $(PYTHON_IN) -m pytest -q --timeout=900 tests/gateway/graphql/test_hostile.py

lock: ## renew the locks after a change of dependencies (ARGS=--upgrade: newest versions)
	@test -x $(PYTHON_IN) || sh deploy/setup.sh
	@test -x .venv/bin/uv || $(PYTHON_IN) -m pip install --quiet --disable-pip-version-check uv
	$(UV_COMPILE) --group dev pyproject.toml --no-emit-package lineage-shared --no-emit-package lineage-agent \
		--no-emit-package lineage-gateway --output-file requirements.lock
	$(UV_COMPILE) --group producers --output-file requirements-producers.lock
	$(UV_COMPILE) --group conformance --output-file requirements-conformance.lock
	@test ! -d .venv-conformance || $(PYTHON_IN) -m tests.conformance.npm
	@sh deploy/setup.sh
	$(PYTHON_IN) deploy/lock.py

producers: ## make .venv-producers: dbt with its OpenLineage wrapper, apart from ours
	@sh deploy/setup.sh producers

clean: ## remove what was made: environments, caches, reports
	rm -rf .venv .venv-producers .venv-conformance tests/conformance/*/node_modules .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis build
	rm -rf .coverage .coverage.* */dist
	find shared agent gateway tests deploy .ci -name __pycache__ -type d -prune -exec rm -rf {} +
