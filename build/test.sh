#!/usr/bin/env bash
# Runs the named make targets one after the other, all of them even when one
# fails, and says at the end which failed and how long each took.
set -uo pipefail
cd "$(dirname "$0")/.."

times=() failed=()
for step in "$@"; do
  printf '\n== %s\n' "$step"
  begun=$SECONDS
  if ! make --no-print-directory "$step"; then
    failed+=("$step")
    printf '== %s FAILED\n' "$step"
  fi
  times+=("$step $((SECONDS - begun)) s")
done

printf '\n'
printf '%s, ' "${times[@]}" | sed 's/, $//'
printf ' (%s s in all)\n' "$SECONDS"
[ ${#failed[@]} -eq 0 ] || printf 'failed: %s\n' "${failed[*]}"
printf 'souk: %d passed, %d failed\n' $(($# - ${#failed[@]})) ${#failed[@]}
[ ${#failed[@]} -eq 0 ]
