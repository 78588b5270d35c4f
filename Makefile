# Two commands, each complete on a bare machine with Python 3.11 or newer:  make lab   make test
# uv is used where it is on the path, pip otherwise; both install exactly what requirements.lock names.

PY ?= python3
BIN := .venv/bin
PYTEST := $(BIN)/python -m pytest
NBVAL := --nbval-lax --nbval-current-env --nbval-cell-timeout=300 --nbval-sanitize-with tests/nbval.cfg
SPREAD := -n 2 --dist loadfile --no-loadscope-reorder
EXTRAS := --extra lab --extra sim --extra fast --extra tune --extra cluster --extra sql --extra push --extra test --extra lint
ROOT_FLAG := $(if $(filter 0,$(shell id -u)),--allow-root)

export TZ := UTC
# As pip does: an office's proxy has its authority in the system's store, if there is one. (Newer and older name.)
ifneq ($(wildcard /etc/ssl/certs/* /etc/pki/tls/certs/* /System/Library/Keychains),)
export UV_SYSTEM_CERTS ?= true
export UV_NATIVE_TLS ?= true
endif
unexport PYTHONDONTWRITEBYTECODE  # each kernel and each killed process would compile deskkit again
unexport VIRTUAL_ENV PYTHONPATH PYTHONHOME

.DEFAULT_GOAL := help
.PHONY: help setup lab test notebooks lint format cover full bench lock upgrade clean

help:
	@echo 'make lab        set up, then open JupyterLab at the desk on sample data'
	@echo 'make test       set up, then run every test: lint, types, units, laws, crashes, browser, notebooks'
	@echo 'make lint       the checks of style alone       make format   mend what can be mended'
	@echo 'make notebooks  the notebooks alone             make cover    branch coverage of desk and log'
	@echo 'make full       the tests of full size          make bench    figures of speed'
	@echo 'make lock       requirements.lock anew          make upgrade  the same, with newer versions'

setup: .venv/ok

.venv/ok: requirements.lock pyproject.toml
	@if command -v uv >/dev/null 2>&1; then \
	  echo 'Setting up .venv with uv ...' && \
	  uv venv -q --allow-existing .venv && \
	  uv pip sync -q --compile-bytecode --require-hashes --python $(BIN)/python requirements.lock && \
	  uv pip install -q --no-deps --no-build-isolation --python $(BIN)/python -e . ; \
	else \
	  echo 'Setting up .venv with pip (a minute or two; with uv on the path it takes seconds) ...' && \
	  { $(PY) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	    echo "deskkit needs Python 3.11 or newer; '$(PY)' is: $$($(PY) --version 2>&1)." ; \
	    echo "Hint: name a newer one, for example  make $(or $(MAKECMDGOALS),setup) PY=python3.12" ; exit 1 ; } ; } && \
	  { $(PY) -m venv .venv || { \
	    echo "Hint: on Debian and Ubuntu, 'apt-get install python3-venv' brings the venv module." ; exit 1 ; } ; } && \
	  $(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --require-hashes -r requirements.lock && \
	  $(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e . ; \
	fi && touch $@

# Sockets in a private folder keep other users of the machine off a kernel; their paths may have about a hundred characters.
lab: setup
	@runtime=$$($(BIN)/jupyter --runtime-dir) ; ipc= ; \
	if [ $${#runtime} -le 50 ]; then ipc=--KernelManager.transport=ipc; fi ; \
	exec $(BIN)/jupyter lab --ServerApp.root_dir=. --LabApp.default_url=/lab/tree/notebooks/01_desk.ipynb \
	  --LanguageServerManager.autodetect=False $$ipc $(ROOT_FLAG) $(ARGS)

# Two processes, each a file at a time and in the order of the collection: the browser's come last (tests/conftest.py).
# Both sessions always run; either one that fails, or collects nothing, fails the whole.
test: setup
	@status=0; \
	echo '== notebooks' ; $(PYTEST) -p no:randomly $(SPREAD) $(NBVAL) notebooks || status=1 ; \
	echo '== tests: tools, units, laws, crashes, browser (random order)' ; $(PYTEST) --continue-on-collection-errors $(SPREAD) $(ARGS) || status=1 ; \
	exit $$status

notebooks: setup
	$(PYTEST) -p no:randomly $(SPREAD) $(NBVAL) $(ARGS) notebooks

lint: setup
	$(PYTEST) tests/project $(ARGS)

format: setup
	$(BIN)/ruff check -q --fix-only . ; $(BIN)/ruff format -q . ; $(BIN)/nbstripout --keep-count --keep-id notebooks/*.ipynb

cover: setup
	$(PYTEST) --cov --cov-report=term --ignore=tests/browser $(ARGS)

full: setup
	$(PYTEST) -m full $(ARGS)

bench: setup
	@for file in tests/bench/bench_*.py ; do echo "== $$file" ; \
	  $(BIN)/python -m tests.bench.$$(basename $$file .py) || exit 1 ; done

# A week's cooldown: a poisoned release is mostly found within days.
lock:
	uv pip compile -q pyproject.toml $(EXTRAS) --universal --python-version 3.11 --exclude-newer '1 week' \
	  --generate-hashes --no-header --no-annotate $(ARGS) -o requirements.lock
	@! grep -nE '[a-z]+://' requirements.lock || { echo 'requirements.lock names a host'; exit 1; }

upgrade:
	$(MAKE) lock ARGS=--upgrade

clean:
	rm -rf .venv build dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis htmlcov .coverage*
