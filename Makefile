# Two commands: `make demo` and `make test`. Each does its own set-up and ends with an honest exit code.
SWIFT_FLAGS := --explicit-target-dependency-import-check error

.PHONY: help setup build test demo install clean

help: ## Show this list
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

setup: ## Install the missing system packages
	@bash .ci/setup

build: setup ## Build ccv and ccv-bench, optimised, into .build/release
	swift build -c release $(SWIFT_FLAGS)

# One test at a time: some change what belongs to the process, such as the number of threads.
test: setup ## Run every test
	swift build --build-tests $(SWIFT_FLAGS)
	swift test --skip-build --no-parallel

demo: build ## Fit a tokenizer, pre-train CCViT, probe it, with figures in figures/
	.build/release/ccv examples/ccvit.ccv

PREFIX ?= $(HOME)/.local
install: build ## Copy ccv to PREFIX/bin (default ~/.local/bin)
	install -D .build/release/ccv $(DESTDIR)$(PREFIX)/bin/ccv

clean: ## Remove what was built
	rm -rf .build
