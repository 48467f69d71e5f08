# Two commands matter: `make up` and `make test`. Each calls one screen of shell in bin/ or one module of deploy/.
.PHONY: up stop status test check fmt bench bench-serve

# The demonstration province, unless the operator says otherwise.
export TINHSO_DEMO ?= 1

up:
	@bin/setup
	@.venv/bin/python -m deploy.up

stop:
	@.venv/bin/python -m deploy.supervise stop

status:
	@.venv/bin/python -m deploy.supervise status

test: export TINHSO_DEMO = 0
test:
	@bin/test

check: export TINHSO_DEMO = 0
check:
	@bin/setup --dev
	@bin/check

fmt:
	@.venv/bin/ruff format .
	@.venv/bin/ruff check --fix .

bench:
	@bin/setup
	@.venv/bin/python -m bench

bench-serve:
	@bin/setup
	@.venv/bin/python -m bench serve
