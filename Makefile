# Madoguchi. Two commands for a newcomer: `make run` and `make test`. What is missing, they install.

SHELL := /bin/bash
CARGO ?= cargo
SUDO := $(shell [ "$$(id -u)" = 0 ] || echo sudo)
# Debian packages: to build (C code of the TLS library, of voice detection and of whisper.cpp), to run (PostgreSQL; the font of receipts), to test
# (a browser; Python for a stand-in of Stripe; telephone calls).
PACKAGES_BUILD := build-essential cmake pkg-config ca-certificates
PACKAGES_RUN := postgresql-15 fonts-noto-cjk
PACKAGES_TEST := chromium nodejs npm python3-venv sip-tester baresip-core

.PHONY: run build speech test lint unit browser bench train evaluate release-check packages-run packages-test clean

run: packages-run speech
	$(CARGO) build --release --locked -p server
	exec target/release/bot serve --demo

build: packages-run speech
	$(CARGO) build --release --locked -p server

## The telephone's voice: a dictionary and a model, in target/speech.
speech: packages-run
	@.ci/speech

## Everything that a change must pass.
test: packages-test lint unit browser

lint:
	$(CARGO) clippy --workspace --all-targets --locked -- -D warnings

# The tests run the real binary, built as it is shipped; in the same profile, so that dependencies are built once.
unit: build
	if command -v cargo-nextest >/dev/null; then $(CARGO) nextest run --release --workspace --locked; else $(CARGO) test --release --workspace --locked; fi

browser: build
	cd tests/browser && npm ci --no-audit --no-fund --ignore-scripts && node --test

bench: packages-test speech
	$(CARGO) build --release --locked -p server -p e2e
	target/release/bench

## Trains the language models from the data of this repository and writes nlu-models/weights (some ten minutes on two cores).
## On a larger encoder instead: `make train ENCODER=folder OUT=folder`.
train:
	RAYON_NUM_THREADS=1 $(CARGO) run --release --locked -p nlu-models --bin train -- $(if $(ENCODER),--encoder $(ENCODER)) $(if $(OUT),--out $(OUT))

## Measures understanding and search; the report, with a picture of the confusions, goes to target/evaluation.
evaluate:
	$(CARGO) run --release --locked -p nlu-models --bin evaluate

## What a release must pass beside the tests: the weights are as new as their sentences.
release-check: test
	RELEASE=1 $(CARGO) test --release --locked -p nlu-models --test sentences

packages-run:
	@.ci/packages $(PACKAGES_BUILD) $(PACKAGES_RUN)

packages-test:
	@.ci/packages $(PACKAGES_BUILD) $(PACKAGES_RUN) $(PACKAGES_TEST)

clean:
	$(CARGO) clean
