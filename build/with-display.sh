#!/usr/bin/env bash
# Runs a command on a screen of its own with a window manager and a session bus,
# and ends all of them with it: build/with-display.sh COMMAND [ARG...]
set -euo pipefail

if [ "${SOUK_ON_DISPLAY:-}" != yes ]; then
  SOUK_ON_DISPLAY=yes exec dbus-run-session -- xvfb-run -a -s '-screen 0 1366x768x24' "$0" "$@"
fi

unset SOUK_ON_DISPLAY
openbox --sm-disable &
window_manager=$!
trap 'kill "$window_manager" 2>/dev/null; wait "$window_manager" 2>/dev/null || true' EXIT
# Full screen is ignored by windows that open before the window manager is up.
until xdotool get_num_desktops >/dev/null 2>&1; do
  kill -0 "$window_manager"
  sleep 0.05
done
"$@"
