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
  # Changes only files of other owners: changing every file of a large folder would take long.
  find "$data" \( ! -user "${owner%:*}" -o ! -group "${owner#*:}" \) -exec chown -h "$owner" {} + ||
    echo "Some files in $data could not be given to $owner; the server reports those that it cannot use." >&2
fi

exec "$POCKET_APP/pocket-id" "$@"
