# Targets that people and CI rely on. `make test` and `make demo` need Python 3.11 or newer,
# its venv module and make, and nothing else.

PYTHON ?= python3
VENV := .venv
TOOLS := .venv-tools
TOOLS_PINNED := archiver/replay/constraints-tools.txt
BIN := $(VENV)/bin
RUN := PYTHONWARNINGS=default PYTHONDONTWRITEBYTECODE=1
PIP := python -m pip --disable-pip-version-check --quiet

.PHONY: help install demo test format lint types imports bench soak tools browser release-check clean

help:
	@echo "make demo           archive a small news site on this machine and show the result"
	@echo "make test           everything that CI runs"
	@echo "make install        the environment in $(VENV), editable, with development tools"
	@echo "make bench          measure what README and docs claim"
	@echo "make soak           the long tests"
	@echo "make tools          pywb and others, run as programs by some tests, in $(TOOLS)"
	@echo "make browser        the system's Chromium, for the tests of web pages"
	@echo "make release-check  build wheel and sdist, test the installed wheel"

install: $(VENV)/installed

# Upgraded first: the pip that some Pythons bundle crashes on some sets of requirements.
$(VENV)/installed: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Python 3.11 or newer is needed; name one with make PYTHON=..."; exit 1; }
	@echo "installing into $(VENV) (half a minute)"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/$(PIP) install --upgrade pip -c constraints.txt
	@$(BIN)/$(PIP) install -c constraints.txt --editable '.[fast]' --group dev
	@touch $@

demo: install
	@$(BIN)/archiver demo

test: install
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	@# Twice as many as there are cores: many tests wait for a server.
	$(BIN)/python -m pytest -n $(shell $(PYTHON) -c 'import os; print((os.cpu_count() or 1) * 2)') --dist loadgroup

soak: install
	@# Most of these tests wait for a server that is slow on purpose.
	$(BIN)/python -m pytest -m soak --timeout 3600 -n 8

format: install
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	$(BIN)/python docs/reference.py

bench: install
	$(BIN)/python -m bench

tools: $(TOOLS)/installed

$(TOOLS)/installed: $(TOOLS_PINNED)
	@echo "installing into $(TOOLS) (a minute)"
	@test -x $(TOOLS)/bin/python || $(PYTHON) -m venv $(TOOLS)
	@$(TOOLS)/bin/$(PIP) install --upgrade pip
	@$(TOOLS)/bin/$(PIP) install -c $(TOOLS_PINNED) pywb wacz cdxj-indexer mlcroissant csvw
	@touch $@

browser: $(TOOLS)/axe.min.js
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null \
		|| { apt-get update -qq && apt-get install -y -qq chromium >/dev/null; } \
		|| { echo "install Chromium by your system's means"; exit 1; }

# axe-core, which checks pages in the tests; its licence (MPL-2.0) is not ours, so it lies beside the project.
$(TOOLS)/axe.min.js:
	@mkdir -p $(TOOLS)/axe
	@cd $(TOOLS)/axe && { npm pack --silent axe-core@4.14.1 >/dev/null \
		&& tar -xzf axe-core-4.14.1.tgz package/axe.min.js \
		&& echo "29348999450cdf2849a8e70b7912fc2da85a849da39c0d0d5394f51d4a9ed95c  package/axe.min.js" | sha256sum --check --quiet \
		&& mv package/axe.min.js ../axe.min.js; } \
		|| echo "axe-core is not to be had (npm fetches it): the tests of accessibility are skipped"

release-check: install
	$(BIN)/$(PIP) install -c constraints.txt build
	rm -rf dist build/release
	$(BIN)/python -m build --quiet
	$(PYTHON) -m venv build/release
	build/release/bin/$(PIP) install --upgrade pip -c constraints.txt
	build/release/bin/$(PIP) install -c constraints.txt dist/*.whl --group dev
	cp -r tests docs examples *.md constraints.txt CITATION.cff LICENSE Makefile pyproject.toml scrapy.cfg build/release/
	cd build/release && bin/python -m pytest -n auto tests -p no:cacheprovider

clean:
	rm -rf $(VENV) $(TOOLS) dist build
