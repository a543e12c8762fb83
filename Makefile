# Two commands do everything on a machine with Python 3.11 and make:
#   make demo   trains MNIST on TensorFlow with a schedule      make test   runs all the tests
# Each makes what it needs. A stamp in .venv says what is installed, so a second call installs
# nothing; a change of pyproject.toml or constraints.txt does.

PYTHON ?=
DEMO_OUT ?= demo
DEMO_ARGS ?=
SOAK_ARGS ?=

VENV := .venv
BIN := $(VENV)/bin
INPUTS := pyproject.toml constraints.txt
export PIP_DISABLE_PIP_VERSION_CHECK = 1
export NO_MKDOCS_2_WARNING = 1

.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
.PHONY: help demo test check format coverage web check-web docs cli-page gallery-page one-run test-integrations soak bench clean

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' $(firstword $(MAKEFILE_LIST)) | column -t -s '|' 2>/dev/null \
	  || sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1: \2/p' $(firstword $(MAKEFILE_LIST))

# $(1) extras to install, $(2) the stamps that this satisfies
define install
	@echo "Installing lrkit[$(1)] into $(VENV). The first time takes some minutes."
	@$(BIN)/python -m pip install -qq --constraint constraints.txt --editable '.[$(1)]'
	@touch $(2)
endef

$(BIN)/python:
	@sh tools/make_venv.sh $(VENV) $(PYTHON)

$(VENV)/.stamp-demo: $(INPUTS) | $(BIN)/python
	$(call install,tensorflow-cpu$(comma)plot,$@)

$(VENV)/.stamp-dev: $(INPUTS) | $(BIN)/python
	$(call install,dev,$@)

$(VENV)/.stamp-test: $(INPUTS) | $(BIN)/python
	$(call install,tensorflow-cpu$(comma)jax$(comma)torch$(comma)optax$(comma)plot$(comma)tensorboard$(comma)peers$(comma)dev,$@ $(VENV)/.stamp-demo $(VENV)/.stamp-dev)

comma := ,

demo: $(VENV)/.stamp-demo ## train MNIST on TensorFlow: DEMO_OUT=folder, DEMO_ARGS="--epochs 3"
	@out='$(DEMO_OUT)'; n=1; \
	while [ -e "$$out" ]; do n=$$((n + 1)); out='$(DEMO_OUT)'-$$n; done; \
	echo "lrkit mnist --out $$out $(DEMO_ARGS)"; \
	KERAS_BACKEND=tensorflow $(BIN)/lrkit mnist --out "$$out" $(DEMO_ARGS)

test: $(VENV)/.stamp-test ## all tests: once without a framework, then on TensorFlow, JAX and torch
	@$(BIN)/python tools/run_tests.py

check: $(VENV)/.stamp-dev ## lint, format, types, spelling, import direction
	@$(BIN)/ruff check --quiet
	@$(BIN)/ruff format --check --quiet
	@$(BIN)/mypy --no-error-summary
	@$(BIN)/codespell
	@$(BIN)/python tools/check_files.py
	@$(BIN)/python -m pytest -q tests/test_imports.py tests/test_house.py

format: $(VENV)/.stamp-dev ## let ruff mend what it can
	@$(BIN)/ruff check --fix --quiet
	@$(BIN)/ruff format --quiet

coverage: $(VENV)/.stamp-test ## which lines of the framework-free code no test runs
	@$(BIN)/coverage run -m pytest -q $$($(BIN)/python tools/run_tests.py --print-plain)
	@$(BIN)/coverage report

web: web/node_modules/.package-lock.json ## the page of `lrkit design`, into the package
	@npm --prefix web run --silent build
	@echo "src/lrkit/designer/assets/"

check-web: web ## types, format and tests of the page
	@npm --prefix web run --silent check
	@npm --prefix web test --silent -- --silent --reporter=dot

# Node of the machine, or where that is missing or old, one in .venv.
web check-web test-integrations: export PATH := $(CURDIR)/$(BIN):$(PATH)

# Exactly what the lock file says; no package runs a script of its own.
web/node_modules/.package-lock.json: export PATH := $(CURDIR)/$(BIN):$(PATH)
web/node_modules/.package-lock.json: web/package.json web/package-lock.json | $(BIN)/python
	@sh tools/need_node.sh $(VENV)
	@npm --prefix web ci --silent --no-audit --no-fund --ignore-scripts
	@touch $@

docs: $(VENV)/.stamp-dev ## the documentation, into site/
	@$(BIN)/mkdocs build --strict --quiet
	@echo "site/index.html"

cli-page: $(VENV)/.stamp-dev ## write docs/cli.md from the help of the commands
	@$(BIN)/python tools/cli_page.py --write

gallery-page: $(VENV)/.stamp-dev ## write docs/gallery.md and its pictures from the catalogue
	@$(BIN)/python tools/gallery.py --write

one-run: $(VENV)/.stamp-test ## draw the picture of docs/one-run.md from runs in five frameworks
	@$(BIN)/python -m tools.one_run --write

test-integrations: $(VENV)/.stamp-test web ## the wheel alone; the oldest Keras; Transformers, Accelerate, Lightning; the designer in Chromium
	@$(BIN)/python -m pytest -q tests/integration

soak: $(VENV)/.stamp-test ## kill trainings in each framework, at random moments, until they end: SOAK_ARGS="--first 30"
	@$(BIN)/python tools/soak.py $(SOAK_ARGS)

bench: $(VENV)/.stamp-test ## every benchmark against its bar, side by side with what it is compared to
	@failed=0; for script in benchmarks/*.py; do \
	    echo "== $$script"; $(BIN)/python "$$script" || failed=1; \
	done; exit $$failed

clean: ## remove what was built and installed; runs in demo folders stay
	rm -rf $(VENV) site dist build web/node_modules src/lrkit/designer/assets .coverage .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find src tests tools benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +
