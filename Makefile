# The commands of the house. `make` alone lists them.

# Port of the sandbox's page: make run PORT=9000
PORT ?= 8081

# How long each fuzz target runs: make fuzz FUZZ_SECONDS=60
FUZZ_SECONDS ?= 600

.DEFAULT_GOAL := help
.PHONY: help run test soak fuzz audit screenshots doc bench image-check tools

# What PostgreSQL has no part in, or what starts its own.
NOT_ON_POSTGRES = $(addprefix --skip ,architecture backup:: browser_ check:: command_line dependencies:: diagnosis:: drill:: \
	framing:: full_page:: fuzz hsm:: inside::a_full inside::a_postgresql inside::postgresql license_file load:: logs:: openapi:: package:: page_size \
	replicas:: sandbox_sdk secrets:: security_ settings_table shutdown:: simulation slow_clients:: tokens translations)

help: ## List the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## Run the sandbox: the whole world on this machine, no account, no settings (PORT=8081)
	cargo run --locked -- sandbox --port $(PORT)

test: tools ## Check format, lints, all tests and the sidebar's types; installs missing tools where it may
	cargo fmt --check
	cargo clippy --locked --all-targets -- -D warnings
	cargo clippy --locked --no-default-features -- -D warnings
	scripts/check-app
	cargo test --locked --tests
	TEST_DATABASE=postgres cargo test --locked --test promises -- $(NOT_ON_POSTGRES)
	@echo "make test: all passed"

soak: tools ## The long versions: 200 rounds of SIGKILL on each database, a million simulated histories
	SIM_SEEDS=1000000 cargo test --locked --test promises -- simulation
	cargo test --locked --test promises -- --ignored
	ROUNDS=200 cargo test --locked --test promises -- crashes
	ROUNDS=200 TEST_DATABASE=postgres cargo test --locked --test promises -- crashes

fuzz: ## Throw random input at everything that reads some, for as long as FUZZ_SECONDS says (600)
	BOLERO_RANDOM_TEST_TIME_MS=$(FUZZ_SECONDS)000 cargo test --locked --test promises fuzz::
	BOLERO_RANDOM_TEST_TIME_MS=$(FUZZ_SECONDS)000 cargo test --locked --lib fuzz_

audit: ## Check what the program is made of: licenses, sources, bans, and known holes where they can be looked up
	@scripts/audit

screenshots: tools ## Draw the pictures of docs/images anew, in a real browser
	cargo test --locked --test promises screenshots -- --ignored
	@ls -l docs/images

doc: ## Build the code's documentation, warnings as errors
	RUSTDOCFLAGS="-D warnings" cargo doc --locked --no-deps --document-private-items

bench: ## Measure: the service against what it is made of, load, search; prints figures and ratios
	cargo bench --locked

image-check: ## Run the Dockerfile's build steps by hand in a clean tree of HEAD, and look at the program (minutes)
	scripts/image-check

tools:
	@scripts/install-test-tools
