import { once } from 'node:events'
import { connect, isIP, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { SyslogConfig } from '../config/audit-log.ts'
import type { ForwardedEntry, SendEntries } from './forwarding.ts'

/** Milliseconds without progress. */
const timeout = 10_000
/** The facility `log audit`. */
const facility = 13
const severities = { warning: 4, informational: 6 } as const
/** Bytes; receivers that are not configured otherwise truncate longer messages. */
const maxMessageBytes = 8000

/**
 * Sends entries as RFC 5424 messages over TCP (RFC 6587, octet counting) or TLS (RFC 5425). Syslog has no acknowledgements, so
 * each batch has its own connection: a receiver that closes it gracefully has read everything.
 *
 * @param hostname - the sender in each message
 */
export function syslogSender(config: SyslogConfig, hostname: string): SendEntries {
  return async (entries) => {
    const socket = await open(config)
    try {
      socket.setTimeout(timeout, () => socket.destroy(new Error('The syslog server does not respond')))
      // Otherwise the end of the stream is not received.
      socket.resume()
      const closed = once(socket, 'end')
      await Promise.race([closed, write(socket, entries.map((entry) => frame(messageOf(entry, hostname))).join(''))])
      if (socket.readableEnded) throw new Error('The syslog server closed the connection before it had read everything')
      socket.end()
      await closed
    } finally {
      socket.destroy()
    }
  }
}

async function open({ host, port, tls, ca }: SyslogConfig): Promise<Socket> {
  const options = { host, port, timeout }
  const socket = tls
    ? connectTls({ ...options, ...(isIP(host) === 0 && { servername: host }), ...(ca !== undefined && { ca }) })
    : connect(options)
  socket.once('timeout', () => socket.destroy(new Error('The syslog server does not respond')))
  await once(socket, tls ? 'secureConnect' : 'connect')
  return socket
}

function write(socket: Socket, text: string): Promise<void> {
  return new Promise((resolve, reject) => socket.write(text, (error) => (error ? reject(error) : resolve())))
}

function messageOf({ createdAt, event, json }: ForwardedEntry, hostname: string): string {
  const severity = /_(REFUSED|FAILED)$/.test(event) ? severities.warning : severities.informational
  const header = `<${facility * 8 + severity}>1 ${new Date(createdAt).toISOString()} ${hostname} pocket-id - ${event.slice(0, 32)} -`
  return `${header} ${Buffer.byteLength(json) > maxMessageBytes ? withoutChanges(json) : json}`
}

/** Only the changed values of an audit event can be that long. */
function withoutChanges(json: string): string {
  return JSON.stringify({ ...JSON.parse(json), changes: null, isTruncated: true })
}

function frame(message: string): string {
  return `${Buffer.byteLength(message)} ${message}`
}
