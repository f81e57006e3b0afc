# Souk. 'make run' and 'make test' do all their own set-up.
# Settings: SOUK_DATA, SOUK_ADDR, SOUK_DATABASE_URL (see README.md).

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

TILL_TAGS := desktop,production,webkit2_41
# The packages whose tests need the real till window; they drive bin/till-e2e and bin/souk.
WINDOW_TESTS ?= ./desktop/...
# The program that writes every *.gen.* file, and where those are.
GEN := go run ./server/app/gen
GENERATED := '*.gen.*' 'docs/modules.md'
# What the two long programs are.
BENCH := go run ./server/bench
TEST_STEPS := test-gen test-go test-attack test-web test-browser test-window lint

WEB_SOURCES := $(shell find frontend/src frontend/messages frontend/public frontend/project.inlang/settings.json \
	frontend/index.html frontend/*.json frontend/*.ts frontend/*.js \
	-type f -not -path '*paraglide.gen*' 2>/dev/null)
# go build prints nothing and takes a second when nothing changed.
GO_BUILD := CGO_ENABLED=1 go build -trimpath
# What souk version says. The commit's own time, not the present: the same source gives the same program.
STAMP = -X souk/server/app.Version=$(or $(SOUK_VERSION),dev) -X souk/server/app.Commit=$(shell git rev-parse HEAD 2>/dev/null) \
	-X souk/server/app.Committed=$(shell git log -1 --format=%cI 2>/dev/null)
SAY_FIRST = test -e $@ || echo "compiling $@ (minutes the first time, seconds from then on)"

export SOUK_BIN := $(CURDIR)/bin/souk
export SOUK_TILL := $(CURDIR)/bin/till-e2e

##@ Use
.PHONY: run
run: setup-run build ## A working shop: embedded PostgreSQL, demo shops, server, and a till if there is a display
	@exec bin/souk serve --demo --open-till=bin/till

.PHONY: build
build: setup-build bin/souk bin/till ## Build bin/souk (server) and bin/till (the till's window)

.PHONY: package
package: setup-run licences bin/souk bin/till ## Pack server and till for this machine into bin/souk-<system>.tar.gz
	@build/package.sh

##@ Work on it
.PHONY: dev
dev: setup-run bin/souk ## Server on :8080 and the front end with live reload on :5173
	@bin/souk serve --demo & server=$$!; trap 'kill $$server 2>/dev/null; wait $$server || true' EXIT; npm --prefix frontend run dev

.PHONY: gen
gen: setup-build ## Write the generated files (*.gen.*, docs/modules.md) again
	@$(GEN)

.PHONY: lint
lint: setup-lint ## golangci-lint and the front end's eslint
	@bin/tools/golangci-lint run ./...
	@npm --prefix frontend run -s messages && npm --prefix frontend run -s lint

.PHONY: test
test: setup-test bin/tools/dbserver ## Everything: generated files, Go, front end, browser, till window, lint
	@bin/tools/dbserver run build/test.sh $(TEST_STEPS)

.PHONY: test-gen
test-gen: setup-build ## Fails if 'make gen' would change anything
	@sum() { git ls-files -co --exclude-standard -- $(GENERATED) | sort | xargs -r sha256sum; }; \
	before=$$(sum); $(GEN); after=$$(sum); \
	diff <(echo "$$before") <(echo "$$after") || { echo "Generated files are stale: run 'make gen' and commit."; exit 1; }

.PHONY: test-go
test-go: setup-test frontend/dist/index.html ## go vet and all Go tests, on a real PostgreSQL
	@go vet ./...
	@go test -timeout 20m $$(go list ./... | grep -v /server/attack$$)

.PHONY: test-attack
test-attack: setup-test frontend/dist/index.html ## One shop attacks another by every route, table, topic and job; prints the counts
	@# From its own folder, where go test shows what a test program prints.
	@cd server/attack && go test -timeout 15m

.PHONY: test-web
test-web: setup-build ## Front end: type check and unit tests
	@npm --prefix frontend run -s check
	@npm --prefix frontend run -s test

.PHONY: test-browser
test-browser: setup-test bin/souk ## The office and the browser register in Chromium
	@npm --prefix frontend run -s e2e

.PHONY: test-window
test-window: setup-test bin/souk bin/till-e2e ## The real till window on a screen of its own
	@# One package at a time: there is one keyboard, and it types into the window on top.
	@go vet -tags $(TILL_TAGS),e2e . ./desktop/...
	@build/with-display.sh go test -count=1 -p 1 -timeout 10m -tags $(TILL_TAGS),e2e $(WINDOW_TESTS)

.PHONY: bench
bench: setup-test bin/souk ## Speed, as ratios against a yardstick in the same run
	@$(BENCH)

.PHONY: soak
soak: setup-test bin/tools/dbserver ## The long fault and property tests, random seeds printed (SOAK=1h)
	@SOUK_SOAK=$${SOAK:-1h} bin/tools/dbserver run go test -race -count=1 -timeout 24h -tags soak -run Soak ./...

.PHONY: holes
holes: setup-test bin/tools/dbserver ## Plant a violation of each invariant and see that it is found
	@bin/tools/dbserver run go test -count=1 -v -run Planted ./...
	@bin/tools/dbserver run go run ./server/attack/holes

.PHONY: licences
licences: setup-build ## Write THIRD_PARTY_LICENSES.md from what is really linked and bundled
	@go run ./build/licences

.PHONY: clean
clean: ## Remove what was built and fetched; never a shop's data
	@rm -rf bin .stamps frontend/node_modules build/postgres/node_modules
	@find frontend/dist -mindepth 1 -not -name .gitkeep -delete

.PHONY: help
help: ## This list
	@awk 'BEGIN {FS = ":.*## "} \
		/^##@/ {printf "\n%s\n", substr($$0, 5)} \
		/^[a-z-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: setup setup-build setup-run setup-test setup-lint
setup: setup-test setup-lint ## Only the set-up of all of the above
setup-build:
	@build/setup.sh window modules frontend
setup-run:
	@build/setup.sh window modules frontend postgres user
setup-test:
	@build/setup.sh window tests modules frontend postgres
setup-lint:
	@build/setup.sh modules frontend lint

frontend/dist/index.html: $(WEB_SOURCES) | setup-build
	@npm --prefix frontend run -s build -- --logLevel warn
	@touch $@

.PHONY: FORCE
FORCE:

bin/souk: frontend/dist/index.html FORCE
	@$(SAY_FIRST)
	@$(GO_BUILD) -ldflags '$(STAMP)' -o $@ ./server

# Reads the proof of an audit trail without a server; for whoever wants to check one.
bin/souk-audit-check: FORCE
	@$(SAY_FIRST)
	@$(GO_BUILD) -o $@ ./shared/audit/check

bin/till: frontend/dist/index.html FORCE
	@$(SAY_FIRST)
	@$(GO_BUILD) -tags $(TILL_TAGS) -o $@ .

# The till with the test driver's door open; never shipped.
bin/till-e2e: frontend/dist/index.html FORCE
	@$(SAY_FIRST)
	@$(GO_BUILD) -tags $(TILL_TAGS),e2e -o $@ .

bin/tools/dbserver: FORCE | setup-build
	@go build -o $@ ./server/platform/dbtest/cmd/dbserver
