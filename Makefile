# Everything a person or a machine does here, one word each. `make demo` and `make test` are enough to begin with.
.PHONY: setup setup-tests demo test check serve bench lint lock
SERVE ?= 1
SIZE ?= small
export PREVENANCE_NO_COLOR

setup:
	@tools/setup

setup-tests:
	@tools/setup tests

demo: setup  ## the practice company, from its files to this morning's list (SERVE=0: end instead of serving the page)
	@.venv/bin/prevenance demo start build/demo --size $(SIZE) $(if $(filter 0,$(SERVE)),--no-serve)

test: check  ## everything: lint, types, house rules, all tests with a real PostgreSQL, SMTP server and Chromium
	.venv/bin/python -m pytest -q -n 2 --dist worksteal -m "slow or browser" --durations=15

check: setup-tests lint  ## the quick loop, under three minutes
	.venv/bin/python -m pytest -q -n 2 --dist worksteal -m "not slow and not browser"

lint: setup-tests
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports

serve: setup
	.venv/bin/prevenance serve --project build/demo

bench: setup-tests  ## ratios against named limits, in the same run
	.venv/bin/python benchmarks/features.py
	.venv/bin/python benchmarks/intake.py
	.venv/bin/python benchmarks/files.py
	.venv/bin/python benchmarks/identity.py

lock: setup  ## after a change of requirements*.in
	for name in requirements requirements-dev; do \
	  .tools/bin/uv pip compile -q --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url $$name.in -o $$name.lock; done
