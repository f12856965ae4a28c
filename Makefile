# From nothing but Python 3.11 or later: `make demo` shows Duly at work, `make test` is the whole check.
# VENV names the virtual environment (made if it is not there), PYTHON the Python to make it with,
# EXTRAS what is installed for the tests: those of `spark` and `bench` are skipped without these.

PYTHON ?= python3
VENV ?= .venv
EXTRAS ?= dev,docs
BIN = $(VENV)/bin

export NO_MKDOCS_2_WARNING = 1

.PHONY: demo test lint packs docs bench clean

demo: $(VENV)/.duly
	$(BIN)/duly demo

# pytest comes last, so that its closing line is the last thing to read.  A file at a time on each
# core, since what a file prepares is shared by its tests.
test: lint packs docs
	$(BIN)/pytest -n auto --dist loadfile

lint: $(VENV)/.duly-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

packs: $(VENV)/.duly-dev
	$(BIN)/duly format --check policies examples
	$(BIN)/duly check statutory stoke enfield coronavirus_2020 coronavirus_2020_no2 examples/first_rule
	$(BIN)/duly test statutory stoke enfield coronavirus_2020 coronavirus_2020_no2 examples/first_rule

docs: $(VENV)/.duly-dev
	$(BIN)/mkdocs build --strict --quiet

bench: $(VENV)/.duly-bench
	$(BIN)/python -m bench.suite
	$(BIN)/python -m bench.policy
	$(BIN)/python -m bench.visiting
	$(BIN)/python -m bench.checking
	$(BIN)/python -m bench.auditing

clean:
	rm -rf build dist site .types duly.egg-info $(VENV)/.duly $(VENV)/.duly-dev $(VENV)/.duly-bench

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.duly: pyproject.toml | $(BIN)/python
	$(BIN)/pip install --quiet -e .
	touch $@

# The link gives mypy and the reference pages the folders under the name they are imported by.
$(VENV)/.duly-dev: pyproject.toml | $(BIN)/python
	$(BIN)/pip install --quiet -e '.[$(EXTRAS)]'
	mkdir -p .types
	ln -sfn .. .types/duly
	touch $@ $(VENV)/.duly

$(VENV)/.duly-bench: pyproject.toml | $(BIN)/python
	$(BIN)/pip install --quiet -e '.[bench]'
	touch $@ $(VENV)/.duly
