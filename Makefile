# Two commands for a fresh machine with Python 3.11, make, pip and apt: `make demo` and `make test`.

PYTHON ?= python3
BIN := .venv/bin
SUDO := $(shell [ "$$(id -u)" = 0 ] || echo sudo)
# Everything, the sampled proofs in full: kill points, hostile documents.
COMPLETE := $(BIN)/pytest -n 2 --dist worksteal -q -m "complete or not complete"
# Debian keeps venv in a package of its own.
MAKE_VENV := $(PYTHON) -m venv .venv 2>/dev/null || { $(SUDO) apt-get update -q && $(SUDO) apt-get install -qy python3-venv && $(PYTHON) -m venv --clear .venv; }

.PHONY: demo test check complete bench soak lint format lock clean

demo: .venv/.runtime
	@tools/demo

# Three at once on two cores: what is sampled waits half of its time, for servers and for a browser.
test: .venv/.dev .venv/.programs
	$(BIN)/pytest -n 3 --dist worksteal -q

check: .venv/.dev .venv/.programs lint
	KILL_EVERY=4 $(COMPLETE)

# The same with every kill point, and not every fourth: over an hour.
complete: .venv/.dev .venv/.programs
	$(COMPLETE)

# What it costs, beside the plainest program for the same end; writes docs/benchmarks.md, and fails for no figure.
# BENCH=--quick takes a minute or two, BENCH=--full measures ten million people.
bench: .venv/.dev .venv/.bench
	$(BIN)/python -m bench --write $(BENCH)

# Senders killed at random moments, at least 200 times; writes docs/reliability.md. SOAK="--kills 1000 --seed 5" for more.
soak: .venv/.dev
	PYTHONPATH=tests $(BIN)/python -m crash.soak --write $(SOAK)

lint: .venv/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: .venv/.dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

.venv/bin/python:
	$(MAKE_VENV)

# What pip does for every other package: without bytecode each command begins a third of a second later.
.venv/.runtime: requirements.lock pyproject.toml | .venv/bin/python
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@$(BIN)/python -m compileall -q src
	@touch $@

.venv/.dev: requirements-dev.lock .venv/.runtime
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

# The browser for the preview's tests, and the spam filter that judges the sample issue.
.venv/.programs: | .venv/bin/python
	@command -v chromium-headless-shell >/dev/null && command -v spamassassin >/dev/null || { \
	  $(SUDO) apt-get update -q && $(SUDO) apt-get install -qy --no-install-recommends chromium-headless-shell spamassassin fonts-dejavu-core; }
	@touch $@

# smtp-source and smtp-sink come with postfix: without a configuration it does not start. Our own sinks are compiled;
# mjml and juice are measured where npm is, and put into a temporary folder.
.venv/.bench: | .venv/bin/python
	@test -x /usr/sbin/smtp-source && command -v cc >/dev/null || { \
	  $(SUDO) apt-get update -q && \
	  echo "postfix postfix/main_mailer_type select No configuration" | $(SUDO) debconf-set-selections && \
	  $(SUDO) env DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends postfix gcc libc6-dev; }
	@touch $@

# Pinned with hashes; run it after a change of the dependencies in pyproject.toml.
lock: .venv/.dev
	$(BIN)/uv pip compile -q pyproject.toml --group build --generate-hashes --no-header -o requirements.lock
	$(BIN)/uv pip compile -q pyproject.toml --all-extras --group build --group dev -c requirements.lock --generate-hashes --no-header -o requirements-dev.lock

clean:
	rm -rf .venv build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
