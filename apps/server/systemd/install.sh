#!/bin/sh
# Installs or upgrades Pocket as a systemd service. Settings in /etc/pocket-id.env and data in /var/lib/pocket-id are kept.
# A server that migrates its database makes a backup first; `pocket-id rollback` returns to it.
set -eu
umask 022
cd "$(dirname "$0")"
program=/usr/local/lib/pocket-id

if [ "$(id -u)" != 0 ]; then
  echo 'Run this as root: sudo ./install.sh' >&2
  exit 1
fi
if ! ./app/bin/node --version >/dev/null 2>&1; then
  echo "This archive is not for this machine ($(uname -m)), or its C library is too old (glibc 2.28 is needed)." >&2
  exit 1
fi

if ! getent passwd pocket-id >/dev/null; then
  useradd --system --user-group --home-dir /var/lib/pocket-id --no-create-home --shell /usr/sbin/nologin pocket-id
fi
install --directory --mode=0700 --owner=pocket-id --group=pocket-id /var/lib/pocket-id
if [ ! -e /etc/pocket-id.env ]; then
  install --mode=0640 --owner=root --group=pocket-id pocket-id.env /etc/pocket-id.env
fi

# The new version is complete before it takes the place of the old one.
rm -rf "$program.new" "$program.old"
cp -R app "$program.new"
chown -R root:root "$program.new"
# The service user must be able to read it, even if it was unpacked with a strict umask.
chmod -R u=rwX,go=rX "$program.new"
if [ -e "$program" ]; then mv "$program" "$program.old"; fi
mv "$program.new" "$program"
rm -rf "$program.old"
install --mode=0755 pocket-id /usr/local/bin/pocket-id
install --mode=0755 uninstall.sh /usr/local/lib/pocket-id/uninstall.sh
install --mode=0644 pocket-id.service /etc/systemd/system/pocket-id.service

if [ -d /run/systemd/system ]; then
  systemctl daemon-reload
  systemctl enable pocket-id
  # Restarts only a running server: a new one needs its APP_URL before the first start, which stores it.
  systemctl try-restart pocket-id
else
  echo 'systemd is not running here: enable pocket-id.service where it is.'
fi
echo 'Pocket is installed. If it is new, set APP_URL in /etc/pocket-id.env, then: systemctl start pocket-id'
echo 'Its log, with the URL of the set-up page: journalctl --unit pocket-id'
echo 'Remove Pocket: /usr/local/lib/pocket-id/uninstall.sh'
