# The client and its pipeline. `make` regenerates the package; `make help` lists the rest.
# Recipes are one command each: the logic is in scripts/, where it has tests.

PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
INSTALLED := $(VENV)/.installed
# A file's tests stay together: what they share is made once. Files begin in the order of tests/conftest.py, not by
# their number of tests. ARGS=-n0 runs all in one process.
PARALLEL := -n logical --dist loadfile --no-loadscope-reorder

# What is given on the command line goes to the scripts in the environment, as it was typed: neither make nor a shell
# expands it. What only stands in an inherited environment is not taken. (GNU make drops blanks before a value: a path that
# begins with one is given as "./ name".)
define hand_over
unexport $(1)
override SCRIPTS_$(1) := $$(if $$(filter command,$$(firstword $$(origin $(1)))),$$(value $(1)))
export SCRIPTS_$(1)
endef
$(foreach name,SPEC VERSION OPERATIONS DEST INDEX FROM TO CHECK DROP FORCE NEW JSON TESTS,$(eval $(call hand_over,$(name))))

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:

.PHONY: all
all: generate  ## set up, then regenerate the client from openapi/upstream.json (the default)

.PHONY: help
help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(INSTALLED): requirements.lock
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "make: Python 3.11 or newer is needed, this is " + sys.version.split()[0] + "; say which to use: make PYTHON=python3.12")'
	$(PYTHON) -m venv --clear $(VENV)
	$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r requirements.lock
	@touch $@

.PHONY: setup
setup: $(INSTALLED)  ## set up .venv from requirements.lock

.PHONY: fetch
fetch: $(INSTALLED)  ## get the document: [VERSION=2026-01] [SPEC=url-or-path] [OPERATIONS="a b"|"*"] [CHECK=1]
	@$(PY) -m scripts fetch

.PHONY: bump
bump: $(INSTALLED)  ## move to an API version, or take what changed in place: [VERSION=2026-07] [SPEC=url-or-path] [DROP=1] [TESTS=0|all]
	@$(PY) -m scripts bump

.PHONY: report
report: $(INSTALLED)  ## tell what changed: FROM=document-or-commit TO=document-or-commit [OPERATIONS="a b"] [JSON=1]
	@$(PY) -m scripts report

.PHONY: operations
operations: $(INSTALLED)  ## list what the document offers: [VERSION=...] [SPEC=url-or-path]
	@$(PY) -m scripts operations

.PHONY: patch
patch: $(INSTALLED)  ## apply overlay/quirks.overlay.yaml: openapi/upstream.json -> openapi/patched.json
	@$(PY) -m scripts patch

.PHONY: validate
validate: $(INSTALLED)  ## patch the document and check the result
	@$(PY) -m scripts validate

.PHONY: generate
generate: $(INSTALLED)  ## patch and check the document, and generate generated/criteo_retail_media from it
	@$(PY) -m scripts generate

.PHONY: audit
audit: $(INSTALLED)  ## name the quirks that are no longer needed
	@$(PY) -m scripts audit

.PHONY: drift
drift: $(INSTALLED)  ## fail if patched.json or generated/ is not what upstream.json and overlay/ give
	@$(PY) -m scripts drift

.PHONY: test
test: $(INSTALLED)  ## run all tests: [ARGS="-k name"]
	@$(PY) -m pytest $(PARALLEL) $(ARGS)

.PHONY: test-wheel
test-wheel: $(INSTALLED)  ## run the client's tests on the built and installed wheel: [ARGS="-k name"]
	@$(PY) -m scripts wheel -- $(PARALLEL) $(ARGS)

.PHONY: test-lowest
test-lowest: $(INSTALLED)  ## the same with the extra [fast], and the lowest versions of all dependencies: [ARGS="-k name"]
	@$(PY) -m scripts wheel --lowest -- $(PARALLEL) $(ARGS)

BENCH := tests/bench/.venv

$(BENCH)/.installed: tests/bench/requirements.lock requirements.lock
	$(PYTHON) -m venv --clear $(BENCH)
	$(BENCH)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r requirements.lock -r tests/bench/requirements.lock
	@touch $@

.PHONY: bench
bench: $(INSTALLED) $(BENCH)/.installed  ## measure the client against others: [ARGS="models imports calls generate --readme"]
	@$(BENCH)/bin/python tests/bench/run_bench.py $(ARGS)

.PHONY: lint
lint: $(INSTALLED)  ## check the hand-written code's style
	@$(PY) -m ruff check . && $(PY) -m ruff format --check .

.PHONY: format
format: $(INSTALLED)  ## mend the hand-written code's style
	@$(PY) -m ruff check --fix . && $(PY) -m ruff format .

.PHONY: types
types: $(INSTALLED)  ## check types: mypy --strict and basedpyright
	@$(PY) -m scripts types

.PHONY: docs
docs: $(INSTALLED)  ## write a reference of the generated package: site/index.html
	@$(PY) -m scripts docs

.PHONY: sandbox
sandbox: $(INSTALLED)  ## serve a stand-in for the API on this machine, to try the client without credentials: [ARGS="--port 8080"]
	@PYTHONPATH=generated $(PY) -m criteo_retail_media.testing $(ARGS)

.PHONY: dist
dist: $(INSTALLED)  ## build and check the sdist and the wheel in dist/
	@$(PY) -m scripts dist

.PHONY: publish
publish: $(INSTALLED)  ## upload the distribution: INDEX=url [NEW=1]; credentials from TWINE_USERNAME and TWINE_PASSWORD, or .pypirc
	@$(PY) -m scripts publish

.PHONY: vendor
vendor: $(INSTALLED)  ## copy the client into another repository: DEST=directory [FORCE=1]
	@$(PY) -m scripts vendor

COMPILE = $(PY) -m uv pip compile --quiet --no-config --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --no-annotate

.PHONY: lock
lock: $(INSTALLED)  ## renew requirements.lock, and those of the benchmark and of the client's tests, from pyproject.toml
	@$(COMPILE) --group dev -o requirements.lock
	@$(COMPILE) --group bench -c requirements.lock -o tests/bench/requirements.lock
	@$(COMPILE) --group client pyproject.toml -c requirements.lock -o tests/client/requirements.lock
	@$(COMPILE) --resolution lowest-direct --extra fast pyproject.toml -o tests/client/requirements.lowest.lock

.PHONY: clean
clean:  ## remove what can be made again: .venv, caches, builds
	rm -rf $(VENV) $(BENCH) build dist site .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage $$(find . -name __pycache__ -not -path './.git/*')
