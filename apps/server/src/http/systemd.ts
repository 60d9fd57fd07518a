import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { ConfigurationError } from '@pocket/core/errors'

type Environment = Readonly<Record<string, string | undefined>>

/** The first descriptor that systemd passes (sd_listen_fds(3)). */
const firstDescriptor = 3

/** The descriptor of the only socket that systemd has opened. @throws {ConfigurationError} if there is not exactly one */
export function activatedSocket({ LISTEN_FDS: count, LISTEN_PID: pid }: Environment): number {
  if (pid === String(process.pid) && count === '1') return firstDescriptor
  throw new ConfigurationError(
    'SYSTEMD_SOCKET is true, but systemd has not passed exactly one socket. Start this server by a socket unit with one address.',
  )
}

/** Tells systemd that the server is ready (sd_notify(3)); does nothing without systemd. */
export async function notifyReady({ NOTIFY_SOCKET: socket }: Environment): Promise<void> {
  if (!socket) return
  // Node.js has no datagram sockets of the Unix domain.
  await promisify(execFile)('systemd-notify', ['--ready', `--pid=${process.pid}`])
}
