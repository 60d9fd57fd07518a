#!/bin/sh
# The program `pocket-id`, which never runs as root unless PUID says so: "docker exec" is root, and a file that root makes
# in the data folder locks the server out.
set -eu

: "${POCKET_APP:=/app}"
cd "$POCKET_APP"
# Compiled code makes the next start faster. Node keeps a folder for each user, and does without if it cannot write.
export NODE_COMPILE_CACHE="${NODE_COMPILE_CACHE-$POCKET_APP/data/cache}"

if [ "$(id -u)" = 0 ]; then
  exec setpriv --reuid="${PUID:-1000}" --regid="${PGID:-1000}" --clear-groups -- node "$POCKET_APP/dist/main.js" "$@"
fi
exec node "$POCKET_APP/dist/main.js" "$@"
