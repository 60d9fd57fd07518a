#!/bin/sh
# Removes Pocket. Settings and data stay, unless --purge is given.
set -eu
case ${1-} in
  '' | --purge) ;;
  *)
    echo 'Usage: uninstall.sh [--purge]' >&2
    exit 2
    ;;
esac
if [ "$(id -u)" != 0 ]; then
  echo 'Run this as root.' >&2
  exit 1
fi
if [ -d /run/systemd/system ]; then systemctl disable --now pocket-id || true; fi
rm -f /etc/systemd/system/pocket-id.service /usr/local/bin/pocket-id
if [ -d /run/systemd/system ]; then systemctl daemon-reload; fi
if [ "${1-}" = --purge ]; then
  rm -rf /var/lib/pocket-id /etc/pocket-id.env
  if getent passwd pocket-id >/dev/null; then userdel pocket-id; fi
else
  echo 'Kept: /etc/pocket-id.env and /var/lib/pocket-id.'
fi
rm -rf /usr/local/lib/pocket-id /var/cache/pocket-id
