# The commands of the house. `make` alone lists them.

# Port of the sandbox's page: make run PORT=9000
PORT ?= 8081

# How long each fuzz target runs: make fuzz FUZZ_SECONDS=60
FUZZ_SECONDS ?= 600

.DEFAULT_GOAL := help
.PHONY: help run test fuzz audit doc tools

help: ## List the commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-6s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## Run the sandbox: the whole world on this machine, no account, no settings (PORT=8081)
	cargo run --locked -- sandbox --port $(PORT)

test: tools ## Check format, lints, all tests and the sidebar's types; installs missing tools where it may
	cargo fmt --check
	cargo clippy --locked --all-targets -- -D warnings
	cargo clippy --locked --no-default-features -- -D warnings
	scripts/check-sidebar-types
	cargo test --locked --tests
	@echo "make test: all passed"

fuzz: ## Throw random input at everything that reads some, for as long as FUZZ_SECONDS says (600)
	BOLERO_RANDOM_TEST_TIME_MS=$(FUZZ_SECONDS)000 cargo test --locked --test promises fuzz::
	BOLERO_RANDOM_TEST_TIME_MS=$(FUZZ_SECONDS)000 cargo test --locked --lib fuzz_

audit: ## Check what the program is made of: licenses, sources, bans, and known holes where they can be looked up
	@scripts/audit

doc: ## Build the code's documentation, warnings as errors
	RUSTDOCFLAGS="-D warnings" cargo doc --locked --no-deps --document-private-items

tools:
	@scripts/install-test-tools
