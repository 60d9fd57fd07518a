#!/bin/sh
# Gives the data folder to PUID:PGID, then runs the server as that user. Started as another user than root, it changes
# nothing. Arguments are those of pocket-id.
set -eu

: "${POCKET_APP:=/app}"
data=$POCKET_APP/data

# The command of an existing compose file may name the program itself.
case ${1-} in
  pocket-id | */pocket-id) shift ;;
esac

if [ "$(id -u)" = 0 ]; then
  owner=${PUID:-1000}:${PGID:-1000}
  case $owner in
    *[!0-9:]* | :* | *: | *:*:*)
      echo "PUID and PGID must be numbers, such as 1000; they are \"${PUID-}\" and \"${PGID-}\"." >&2
      exit 1
      ;;
  esac
  mkdir -p "$data"
  # Only what belongs to somebody else is touched: on a large folder everything else takes long.
  find "$data" \( ! -user "${owner%:*}" -o ! -group "${owner#*:}" \) -exec chown -h "$owner" {} + ||
    echo "Not everything in $data could be given to $owner; the server says so where that hinders it." >&2
fi

exec "$POCKET_APP/pocket-id" "$@"
