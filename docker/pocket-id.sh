#!/bin/sh
# The program `pocket-id`, which never runs as root unless PUID says so: "docker exec" is root, and a file that root makes
# in the data folder locks the server out.
set -eu

: "${POCKET_APP:=/app}"
cd "$POCKET_APP"

if [ "$(id -u)" = 0 ]; then
  exec setpriv --reuid="${PUID:-1000}" --regid="${PGID:-1000}" --clear-groups -- node "$POCKET_APP/dist/main.js" "$@"
fi
exec node "$POCKET_APP/dist/main.js" "$@"
