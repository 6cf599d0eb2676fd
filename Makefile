# Each target alone does all set-up: a fresh clone needs git, make and Python 3.11 or newer with pip and venv.

BIN := .venv/bin
READY := .venv/.ready
PYTHON ?= $(shell sh scripts/find-python.sh)
TESTS ?= tests

.PHONY: setup demo test check format docs lock accuracy soak bench clean

setup: $(READY)            ## the environment in .venv, every extra included

$(READY): requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "nianbao needs Python 3.11 or newer with pip and venv; name one: make PYTHON=/path/to/python3" >&2; exit 2; }
	@test -x $(BIN)/python || "$(PYTHON)" -m venv .venv
	$(BIN)/python -m pip install --quiet --require-hashes --requirement requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --no-index --editable .
	@touch $(READY)

demo: $(READY)             ## the whole job against a pretend portal on 127.0.0.1
	@$(BIN)/nianbao demo

test: $(READY)             ## all tests that take minutes, not hours
	$(BIN)/python -m pytest -n 2 -m "not soak" $(TESTS)

check: $(READY)            ## lint, format, types, the arrows between the packages, generated docs
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python scripts/docs.py --check
	$(BIN)/python -m pytest -q -p no:cacheprovider tests/test_architecture.py tests/test_docs.py

format: $(READY)           ## lay the code out
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: $(READY)             ## write the generated docs anew
	$(BIN)/python scripts/docs.py

lock: .venv-lock/bin/uv    ## requirements.lock from pyproject.toml: versions and hashes of today, no index address
	.venv-lock/bin/uv pip compile --quiet --universal --python-version 3.11 --all-extras --upgrade --generate-hashes \
	  --no-emit-index-url --no-header pyproject.toml --output-file requirements.lock

.venv-lock/bin/uv:
	"$(PYTHON)" -m venv .venv-lock
	.venv-lock/bin/python -m pip install --quiet uv

accuracy: $(READY)         ## how well documents are read, format by format, against the pinned floors
	$(BIN)/python -m tests.accuracy

soak: $(READY)             ## the long runs: 100,000 mutated documents, 2,400 damaged reports, kill -9 at random moments; hours
	$(BIN)/python -m tests.fuzz --count 100000 --record docs/fuzz.md
	$(BIN)/python -m tests.fuzz --count 1000 --pictures
	$(BIN)/python -m tests.damage --count 2400
	$(BIN)/python -m pytest -m soak -p no:cacheprovider tests

BENCHMARKS = $(filter-out crawl_ours crawl_scrapy crawl_site scan_img2table store_peers store_reports __init__,$(basename $(notdir $(wildcard benchmarks/*.py))))
bench: $(READY)            ## what the figures in docs/ come from; each also alone: make bench-costs
	@for one in $(BENCHMARKS); do echo "== $$one"; $(BIN)/python -m benchmarks.$$one || exit 1; done

bench-%: $(READY)
	$(BIN)/python -m benchmarks.$*

clean:                     ## remove what the targets above made, archives excepted
	rm -rf .venv .venv-lock .mypy_cache .ruff_cache .pytest_cache .hypothesis dist
