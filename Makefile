# Everything a newcomer needs. `make help` explains. Each target makes .venv first if it is missing or out of date.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip --disable-pip-version-check --quiet

# JUPYTER_ARGS='--no-browser --port 8899' make notebook.  Jupyter refuses root, as in most containers, unless it is told.
JUPYTER_ARGS ?=
AS_ROOT      := $(if $(filter 0,$(shell id -u)),--allow-root)
WALKTHROUGH  := notebooks/Personalize-Stepfunction-Workflow.ipynb

# Images of containers often set it: then each of the hundreds of processes of the tests compiles our sources again.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help demo test test-all images clients check docs notebook bench format clean

help: ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'
	@echo "  (PYTHON=python3.12 make demo takes another interpreter: 3.11, 3.12 or 3.13)"

demo: $(VENV)/demo.stamp ## The main job on the embedded AWS: from MovieLens to recommended titles
	@$(BIN)/personalize-sfn demo

test: $(VENV)/dev.stamp ## The everyday tests (minutes on 2 cores)
	@$(BIN)/pytest -m "not slow"

test-all: $(VENV)/dev.stamp clients ## Every test, the slow ones too
	@$(BIN)/pytest

images: $(VENV)/dev.stamp ## Installed on top of what SageMaker's notebook images ship, sagemaker 2 and 3 (minutes, most of them pip's)
	@$(BIN)/pytest -n 0 tests/journeys/images/check_images.py

check: $(VENV)/dev.stamp ## Lint, format, types, layers of imports, notebooks without outputs
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --config pyproject.toml
	@$(BIN)/python tests/check_tree.py

# Material says at every start that mkdocs 2 will break it: we have mkdocs 1.
docs: $(VENV)/docs.stamp ## The site, in build/site: notebooks executed, reference from docstrings; broken links fail
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs --quiet build --strict
	@echo "build/site/index.html"

clients: $(VENV)/clients.stamp ## The AWS CLI and, where npm is, the JavaScript SDK, for the tests of the wire

notebook: $(VENV)/notebook.stamp ## JupyterLab on the walkthrough, with the embedded AWS running
	@running=$$($(BIN)/personalize-sfn local status > /dev/null 2>&1 && echo yes); \
	{ $(BIN)/personalize-sfn local start && $(BIN)/jupyter lab $(AS_ROOT) $(JUPYTER_ARGS) $(WALKTHROUGH); } \
		|| { code=$$?; [ "$$running" = yes ] || $(BIN)/personalize-sfn local stop; exit $$code; }

bench: $(VENV)/dev.stamp ## What is measured, beside what it is compared with
	@for file in benchmarks/[a-z]*.py; do echo "== $$file"; $(BIN)/python $$file || exit 1; done

format: $(VENV)/dev.stamp ## Format the code
	@$(BIN)/ruff check --fix . ; $(BIN)/ruff format .

clean: ## Remove the environment and caches
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

# One stamp for each set of extras. The first says what it does: a silent minute looks like a hang.
$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(0 if (3, 11) <= sys.version_info < (3, 14) else f"{sys.executable} is Python {sys.version.split()[0]}: expected 3.11, 3.12 or 3.13; say which with PYTHON=python3.12 make ...")'
	@echo "Making $(VENV) with $$($(PYTHON) --version) ..."
	@$(PYTHON) -m venv $(VENV)
	@$(PIP) install --upgrade pip

$(VENV)/demo.stamp: EXTRAS = local
$(VENV)/notebook.stamp: EXTRAS = local,notebook
$(VENV)/docs.stamp: EXTRAS = docs
$(VENV)/dev.stamp: EXTRAS = dev
$(VENV)/%.stamp: pyproject.toml constraints.txt | $(VENV)/bin/python
	@echo "Installing personalize-sfn[$(EXTRAS)]: about a minute the first time ..."
	@$(PIP) install -c constraints.txt -e '.[$(EXTRAS)]'
	@touch $@

# Apart from the environment: the CLI pins a botocore of its own. No lock file: it would name a registry. What cannot be
# installed is not tried: its test says so.
$(VENV)/clients.stamp: tests/journeys/clients/requirements.txt tests/journeys/clients/package.json | $(VENV)/bin/python
	@$(PYTHON) -m venv $(VENV)/clients/cli
	@$(VENV)/clients/cli/bin/python -m pip --disable-pip-version-check --quiet install -r tests/journeys/clients/requirements.txt
	@if command -v npm > /dev/null; then mkdir -p $(VENV)/clients/node && cp tests/journeys/clients/package.json $(VENV)/clients/node/ \
		&& npm install --silent --no-audit --no-fund --no-package-lock --prefix $(VENV)/clients/node \
		|| { rm -rf $(VENV)/clients/node; echo "npm could not install the JavaScript SDK: it is not tried"; }; \
	else echo "npm is not installed: the JavaScript SDK is not tried"; fi
	@touch $@
