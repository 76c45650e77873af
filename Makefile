# The project's commands. `make` lists them.
PYTHON ?= python3
BIN := .venv/bin
TYPED := runtime generator generated tests examples tools

.DEFAULT_GOAL := help
.PHONY: help install generate test retest faults stale soak lint types docs sync pages cases fuzz dist matrix floors audit recipes clean

help:  ## list the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 12

install:  ## make .venv/ with everything that development needs
	@$(PYTHON) tools/install.py

generate: install  ## migrations and queries in, generated/ and schema/ out
	@$(BIN)/janua generate

test: install  ## run the tests, unless they passed already on exactly these files
	@$(BIN)/python tools/test.py

retest: install  ## run the tests in any case
	@$(BIN)/python tools/test.py --again

faults: install  ## kill servers, cut connections and fill disks under load; prints counts; ONLY='-k word'
	@JANUA_FAULTS=1 $(BIN)/pytest -q -n 0 tests/faults tests/replicas tests/soak tests/cache/faults tests/cache/cluster/faults tests/monitor $(ONLY)

soak: install  ## ten minutes of random calls, cancelled and cut off: SECONDS=600; prints counts and memory
	@JANUA_SOAK_SECONDS=$(or $(SECONDS),600) $(BIN)/pytest -q -n 0 tests/soak

lint: install  ## ruff: lint and format
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: install  ## mypy --strict over everything, pyright over generated/
	@$(BIN)/mypy $(TYPED)
	@for each in benchmarks/*/; do MYPYPATH=$$each $(BIN)/mypy $$each || exit 1; done
	@$(BIN)/pyright

docs: install  ## build docs/ into build/docs/index.html; a link that leads nowhere is an error
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict

sync: install  ## derive the sync code from the async code
	@$(BIN)/python tools/derive_sync.py

pages: install  ## write docs/errors-reference.md from the code
	@$(BIN)/python tools/errors_reference.py

cases: install  ## write the expected output of tests/generator/cases anew: read the diff
	@JANUA_REFRESH_CASES=1 $(BIN)/pytest -q tests/generator/test_cases.py

fuzz: install  ## the long runs of the soundness tests: QUERIES=20000, SEED=…
	@$(if $(SEED),JANUA_FUZZ_SEED=$(SEED)) JANUA_FUZZ_QUERIES=$(or $(QUERIES),20000) $(BIN)/pytest -q -n 0 -s \
		tests/generator/soundness/test_fuzz.py tests/generator/test_dependencies_law.py -k very_many

stale: install  ## random histories of several processes against the cache: STEPS=20000 ON=cluster
	@JANUA_STALE_STEPS=$(or $(STEPS),20000) JANUA_STALE_ON=$(or $(ON),server) $(BIN)/pytest -q -n 0 -s tests/stale

dist: install  ## build the wheel and the sdist into dist/
	@rm -rf dist
	@$(BIN)/python -m hatchling build -d dist
	@ls -l dist

matrix: install  ## the wheel in clean environments, on every Python of this machine: ONLY=typed
	@$(BIN)/python tools/matrix.py $(if $(ONLY),--only $(ONLY))

floors: install  ## tests with the oldest dependencies that pyproject.toml allows: ONLY='tests/cli -x'
	@$(BIN)/python tools/floors.py $(ONLY)

audit: install  ## known vulnerabilities of what is installed
	@$(BIN)/python tools/audit.py

recipes: install  ## the workflows, the image, the hooks and the merges of docs/recipes.md, run for real
	@$(BIN)/pytest -q -n 2 tests/recipes

clean:  ## remove the environment and all state
	@rm -rf .venv .janua dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
