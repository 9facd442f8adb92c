# The two commands a newcomer needs are `make report` and `make test`.

PYTHON ?= python3
BIN := .venv/bin

.DEFAULT_GOAL := help
.PHONY: help report test check lint fuzz kills bench peers docs faces templates lock clean

help: ## What can be made
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1|/' | column -t -s '|'

report: .venv/ready ## Install what is needed and build the example report
	@$(BIN)/reportgen build specs/grunfeld.yaml

test: .venv/ready ## Install what is needed and pass the tests
	@$(BIN)/python -m pytest -n 2 -q

check: lint test ## Everything CI runs

lint: .venv/ready ## Style, types and import rules
	@$(BIN)/ruff check reportgen tests
	@$(BIN)/ruff format --check reportgen tests
	@$(BIN)/mypy
	@$(BIN)/lint-imports --verbose >/dev/null || $(BIN)/lint-imports

# A virtual environment with exactly the locked versions, remade when they change.
.venv/ready: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "reportgen needs Python 3.11 or later: make PYTHON=python3.12 …" >&2; exit 1; }
	@test -x $(BIN)/pip || $(PYTHON) -m venv .venv || \
	  { rm -rf .venv; echo "Python cannot make a virtual environment; on Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }
	@echo "Installing into .venv (about a minute the first time) …"
	@$(BIN)/pip install --quiet --disable-pip-version-check -r requirements.lock
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@$(BIN)/python -m compileall -q reportgen
	@touch $@

fuzz: .venv/ready ## Feed it mutated specs, formulas and files (MINUTES=10)
	@$(BIN)/python tests/fuzz/fuzz.py --minutes $(or $(MINUTES),10)

kills: .venv/ready ## Kill a thousand builds and look at what they leave (most of an hour)
	@$(BIN)/python tests/fuzz/kills.py --kills 1000

docs: .venv/ready ## Renew docs/reference.md from the code
	@$(BIN)/python docs/generate.py

faces: .venv/ready ## Cut the typefaces of reports down to the usual characters
	@$(BIN)/python -c 'from reportgen.writers.pages.faces import ship; ship()'

templates: .venv/ready ## Translate the templates of reports into Python, as they are printed
	@$(BIN)/python -c 'from reportgen.writers.pages.translate import ship; ship()'
	@$(BIN)/ruff format --quiet reportgen/writers/pages/house.py

bench: .venv/ready ## Measure everything, and write docs/benchmarks.md (25 minutes; first: make peers)
	@$(BIN)/python benchmarks/run.py $(SECTIONS)

# What a notebook takes, with the versions that reportgen is measured with; apart, since it is much.
peers: .venv/ready ## Install a notebook's tools for make bench (R, lme4, geepack, rmarkdown, pandoc are yours to install)
	@$(PYTHON) -m venv .venv/peers
	@$(BIN)/pip freeze --exclude-editable > .venv/peers/versions.txt
	@.venv/peers/bin/pip install --quiet --disable-pip-version-check --constraint .venv/peers/versions.txt \
	  ipykernel matplotlib nbconvert statsmodels

lock: ## Renew requirements.lock from pyproject.toml
	uv pip compile --universal --python-version 3.11 --extra dev --generate-hashes --quiet --output-file requirements.lock pyproject.toml

clean: ## Remove everything that was made
	rm -rf .venv output/*/ .pytest_cache .mypy_cache .ruff_cache
