#!/bin/sh
# Runs `pocket-id` as PUID:PGID: "docker exec" runs as root, and the server could not use files that root creates in the
# data folder.
set -eu

: "${POCKET_APP:=/app}"
cd "$POCKET_APP"
# Compiled code makes the next start faster. Node uses a folder for each user, and works without it if it cannot write.
export NODE_COMPILE_CACHE="${NODE_COMPILE_CACHE-$POCKET_APP/data/cache}"

if [ "$(id -u)" = 0 ]; then
  exec setpriv --reuid="${PUID:-1000}" --regid="${PGID:-1000}" --clear-groups -- node "$POCKET_APP/dist/main.js" "$@"
fi
exec node "$POCKET_APP/dist/main.js" "$@"
