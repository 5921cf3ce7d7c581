# One command each; every target sets up what it needs and does not redo it.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
# Tests on the course's models run in a process of their own: to import TransformerLens takes longer than most tests.
MODELS := tests/assignments tests/notebooks tests/reference
# A few files at a time beside it: most tests wait for kernels, and each process keeps warm ones of its own.
JOBS ?= 3
# Which tests run, as for pytest; both commands are told.
SELECT ?=

# Tests start hundreds of processes, each of which would compile every module anew.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help setup demo serve test test-all test-models test-others fuzz seeds faults lint docs check format bench clean

help: ## show the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | sort

setup: $(STAMP) ## create .venv with the grader and its tools

# torch goes first and alone: any other order may pull gigabytes of CUDA libraries.
$(STAMP): pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet torch==2.13.0
	$(BIN)/pip install --quiet --constraint constraints.txt --editable '.[dev,platforms,service]'
	@touch $@

demo: setup ## grade the sample batch, offline, and print where the report is
	@$(BIN)/grader demo

serve: setup ## run the service on this machine with a course to try, and print its address
	@$(BIN)/grader serve --demo

test: setup ## run the tests, of many alike one of each kind: a few minutes
	+$(TOGETHER) test-models test-others

test-all: setup ## run every test, 3000 damaged notebooks and 200 seeds: under an hour
	+FRESH_SEEDS=200 $(TOGETHER) test-models test-others SELECT='-m ""'
	+$(TOGETHER) fuzz seeds

TOGETHER = $(MAKE) --no-print-directory --jobs 2

test-models: setup
	$(BIN)/pytest $(SELECT) $(MODELS)

test-others: setup # in the order in which tests/conftest.py puts them: the longest files first
	$(BIN)/pytest $(SELECT) -n $(JOBS) --dist loadfile --no-loadscope-reorder $(MODELS:%=--ignore=%)

fuzz: setup
	$(BIN)/python -m tests.fuzz --count 3000

seeds: setup
	$(BIN)/python -m tests.assignments.many_seeds --seeds 200

faults: setup ## kill and fill up the service under 200 uploads, on both databases: some 20 minutes, as root
	$(BIN)/python -m tests.service.faults

lint: setup docs ## check format, style, types and documentation
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

check: lint test ## what has to hold before a change is handed in

docs: setup ## build the documentation site, out/docs/index.html; every warning is an error
	$(BIN)/sphinx-build --quiet --fail-on-warning --keep-going docs out/docs

format: setup ## format the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: setup ## measure speed and memory, as ratios within one run
	$(BIN)/python -m benchmarks

clean: ## remove what the targets made
	rm -rf $(VENV) out .pytest_cache .mypy_cache .ruff_cache
