# The two commands: make run, make test. The others are for those who work on tiermap.
SHELL := /usr/bin/env bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

BIN     := bin/tiermap
STORE   ?= tiermap.duckdb
ADDR    ?= 127.0.0.1:8080
VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)

GOLANGCI_VERSION := v2.15.0
TOOLS := $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/tiermap/bin

.PHONY: help run build test test-neo4j test-browser lint drift generate bench bench-peers web clean

help: ## what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 14

run: build $(STORE) ## build, load the starter data on first use, serve on 127.0.0.1:8080
	$(BIN) serve --store duckdb:$(STORE) --addr $(ADDR)

# Loaded beside its place and moved there when whole, so that an interrupted
# first start leaves nothing that a second one would take for a store.
$(STORE): | build
	rm -f $@.part $@.part.wal
	$(BIN) load tables data/*/ --store duckdb:$@.part
	mv $@.part $@

build: ## the binary, in bin/
	go build -trimpath -ldflags "-X main.version=$(VERSION)" -o $(BIN) ./cmd/tiermap

# Two Neo4j servers for the whole run, for two packages at a time: those that TIERMAP_TEST_NEO4J_URL, _USER and
# _PASSWORD name (they are emptied), else containers, else of Maven and a JDK.
WITH_NEO4J := go run ./graph/neo4j/neo4jtest/server

test: ## every test; its Neo4j server needs Docker, or Maven and a JDK 17 or 21
	go vet ./...
	$(WITH_NEO4J) -two go test -timeout 40m ./...

test-neo4j: ## of these only the tests that need the Neo4j server
	$(WITH_NEO4J) go test -timeout 40m ./graph/neo4j/...
	$(WITH_NEO4J) go test -timeout 40m ./cmd/tiermap -run '^TestTwins'

test-browser: build ## Neo4j Browser in real Chromium, on a server of its own
	$(WITH_NEO4J) ./queries/browser/test/run.sh

bench: ## loading against read_csv and LOAD CSV, answers, Neo4j, the engine, firms (60 minutes)
	go test ./loader/baci/bench -run '^$$' -bench . -benchtime 1x -timeout 60m
	go test ./api/bench -run '^$$' -bench . -benchtime 1x -timeout 30m
	go test ./graph/neo4j/bench -run '^$$' -bench . -benchtime 1x -timeout 90m
	go test ./graph/supply ./graph/duckdb -run '^$$' -bench . -timeout 30m
	go test ./graph/supply/firmbench -run '^$$' -bench . -benchtime 1x -timeout 90m

bench-peers: ## against SciPy, NetworkX, pymrio and Cypher: same answers, then the times, in docs/performance.md (15 minutes)
	go test ./bench/peers -run '^$$' -bench . -benchtime 1x -timeout 90m

lint: $(TOOLS)/golangci-lint-$(GOLANGCI_VERSION) ## the linter, import rules included
	$< run ./...

$(TOOLS)/golangci-lint-$(GOLANGCI_VERSION):
	mkdir -p $(TOOLS)
	GOBIN=$(TOOLS) go install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(GOLANGCI_VERSION)
	mv $(TOOLS)/golangci-lint $@

generate: ## write the generated pages anew
	go generate ./...

drift: generate ## generated files and go.mod are as their sources say
	go mod tidy -diff
	git diff --exit-code -- docs api
web: ## the pages anew, into web/dist (needs Node.js and npm)
	cd web && npm ci --ignore-scripts && npm run build
	rm -rf web/node_modules

clean: ## what was built; the store stays
	rm -rf bin
