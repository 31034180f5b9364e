# The commands of the house. `make` alone lists them.

# Port of the sandbox's page: make run PORT=9000
PORT ?= 8081

.DEFAULT_GOAL := help
.PHONY: help run test screenshots doc tools

help: ## List the commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## Run the sandbox: the whole world on this machine, no account, no settings (PORT=8081)
	cargo run --locked -- sandbox --port $(PORT)

test: tools ## Check format, lints, all tests and the sidebar's types; installs missing tools where it may
	cargo fmt --check
	cargo clippy --locked --all-targets -- -D warnings
	cargo clippy --locked --no-default-features -- -D warnings
	scripts/check-sidebar-types
	cargo test --locked
	@echo "make test: all passed"

screenshots: tools ## Draw the pictures of docs/images anew, in a real browser
	cargo test --locked --test promises screenshots -- --ignored
	@ls -l docs/images

doc: ## Build the code's documentation, warnings as errors
	RUSTDOCFLAGS="-D warnings" cargo doc --locked --no-deps --document-private-items

tools:
	@scripts/install-test-tools
