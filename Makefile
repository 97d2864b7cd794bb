# Two commands do everything on a fresh machine that has Python >= 3.11: `make run` and `make test`.
PYTHON ?= python3
BIN := .venv/bin

.DEFAULT_GOAL := help
.PHONY: help run test trials bench bench-7300 bench-market bench-wholesale bench-waste bench-console bench-noisy audit lint format messages requirements

help: ## Show what there is
	@grep -hE '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 16

run: ## Install and start the whole platform with the demo region Kalidoni
	@$(PYTHON) infra/embedded/bootstrap.py run
	@$(BIN)/python -m infra.embedded.supervisor

test: ## Install what tests need, a browser too, and run all of them
	@$(PYTHON) infra/embedded/bootstrap.py test
	@$(BIN)/warsa messages compile
	$(BIN)/python -m pytest -n 2 --dist worksteal

trials: ## The heavy trials (races, kills) with all their rounds
	@$(PYTHON) infra/embedded/bootstrap.py test
	@$(BIN)/warsa messages compile
	WARSA_TRIALS=full $(BIN)/python -m pytest -n 2 --dist worksteal

bench: ## Compare with stock django-tenants and plain Django on an idle machine, about ten minutes; writes docs/benchmarks.md
	@$(PYTHON) infra/embedded/bootstrap.py lint
	@$(BIN)/warsa messages compile
	$(BIN)/python -m tests.benchmarks --write

bench-7300: ## The same for a fleet of all kecamatan of Indonesia: an hour or so, 30 GB of disk; writes docs/benchmarks-7300.md
	@$(PYTHON) infra/embedded/bootstrap.py lint
	@$(BIN)/warsa messages compile
	$(BIN)/python -m tests.benchmarks --country --regions 7300 --write

bench-market: ## Shop beside django-oscar, search a large region, on an idle machine, some minutes; writes docs/benchmarks-market.md
	@$(PYTHON) infra/embedded/bootstrap.py lint
	@$(BIN)/warsa messages compile
	$(BIN)/python -m tests.benchmarks.market --write

bench-wholesale: ## Put large cycles together and look at long price lists, on an idle machine, some minutes; writes docs/benchmarks-wholesale.md
	@$(PYTHON) infra/embedded/bootstrap.py lint
	@$(BIN)/warsa messages compile
	$(BIN)/python -m tests.benchmarks.wholesale --write

bench-waste: ## Five years of a waste bank with 100,000 members, about half an hour and 20 GB of disk; writes docs/benchmarks-waste.md
	@$(PYTHON) infra/embedded/bootstrap.py lint
	@$(BIN)/warsa messages compile
	$(BIN)/python -m tests.benchmarks.waste --write

bench-console: ## The operators' and supervisors' pages over 7,300 regions, some minutes; writes docs/benchmarks-console.md
	@$(PYTHON) infra/embedded/bootstrap.py lint
	@$(BIN)/warsa messages compile
	$(BIN)/python -m tests.benchmarks.console --write

bench-noisy: ## What others feel beside one noisy region, on an idle machine, some minutes; writes docs/benchmarks-noisy.md
	@$(PYTHON) infra/embedded/bootstrap.py lint
	@$(BIN)/warsa messages compile
	$(BIN)/python -m tests.benchmarks.noisy --write

audit: ## Lighthouse on a region's storefront, two minutes; needs npx; writes docs/storefront-audit.md
	@$(PYTHON) infra/embedded/bootstrap.py test
	@$(BIN)/warsa messages compile
	$(BIN)/python -m tests.benchmarks.audit --write

lint: ## Style, types, imports, missing and unsafe migrations, translations
	@$(PYTHON) infra/embedded/bootstrap.py lint
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/python -m infra.embedded.with_services $(BIN)/mypy platform/warsa tenants shared_apps tenant_apps infra tests
	$(BIN)/lint-imports
	$(BIN)/python -m infra.embedded.with_services $(BIN)/warsa makemigrations --check --dry-run
	$(BIN)/python -m infra.embedded.with_services sh -c '$(BIN)/warsa migrate_schemas --shared -v 0 && $(BIN)/warsa fleet lint'
	$(BIN)/warsa messages check

format: ## Let ruff put the code in order
	$(BIN)/ruff check --fix . && $(BIN)/ruff format .

messages: ## Gather new texts into the .po files
	$(BIN)/warsa messages update

requirements: ## Pin the requirement files anew
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --group build pyproject.toml -o requirements/run.txt
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --group build --group test pyproject.toml -c requirements/run.txt -o requirements/test.txt
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header requirements/oscar.in -o requirements/oscar.txt
