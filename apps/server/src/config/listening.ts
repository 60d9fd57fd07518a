import type { TrustProxy } from '@pocket/core'
import type { Reader } from './reader.ts'
import { parseTrustProxy, trustNone } from './trust-proxy.ts'
import { InvalidValueError, parseBoolean, parsePort, type RawValue, type Section, type Variable } from './variable.ts'

const host: Variable<string> = {
  name: 'HOST',
  type: 'host name or IP address',
  default: '0.0.0.0',
  description: 'The IP address or host name to listen on. `0.0.0.0` is every IPv4 address, `::` every address.',
  parse: parseHost,
}

const port: Variable<number> = {
  name: 'PORT',
  type: 'integer, 1 to 65535',
  default: '1411',
  description: 'The TCP port to listen on.',
  parse: parsePort,
}

const unixSocket: Variable<string> = {
  name: 'UNIX_SOCKET',
  type: 'path',
  default: 'none',
  description: 'Listen on this Unix socket instead of `HOST` and `PORT`. A stale socket file is replaced.',
  parse: ({ text }) => text,
}

const unixSocketMode: Variable<number> = {
  name: 'UNIX_SOCKET_MODE',
  type: 'octal number',
  default: 'according to the umask',
  description: 'The permissions of the Unix socket, such as `0660`.',
  parse: parseMode,
}

const systemdSocket: Variable<boolean> = {
  name: 'SYSTEMD_SOCKET',
  type: 'boolean',
  default: 'false',
  description:
    'Listen on the socket that systemd passes (socket activation) instead of `HOST` and `PORT`. With `Type=notify` and `NotifyAccess=exec`, systemd also learns when the server is ready.',
  parse: parseBoolean,
}

const proxyProtocol: Variable<TrustProxy> = {
  name: 'PROXY_PROTOCOL',
  type: '`true`, `false`, or addresses and networks',
  default: 'none',
  description:
    'Proxies that send the PROXY protocol (version 1 or 2), separated by commas; `true` is every peer. They must send it, other peers are refused, and this machine may connect without it.',
  parse: parseTrustProxy,
}

const webConcurrency: Variable<number> = {
  name: 'WEB_CONCURRENCY',
  type: 'integer, 1 to 64',
  default: '1',
  description:
    'The number of processes that serve requests, with PostgreSQL only; at most one for each core. Each holds up to 10 connections of PostgreSQL. One serves alone until there are users or clients.',
  parse: parseProcesses,
}

export const listeningSection = {
  title: 'Listening',
  variables: { host, port, unixSocket, unixSocketMode, systemdSocket, proxyProtocol, webConcurrency },
} satisfies Section

export interface ListenConfig {
  readonly host: string
  readonly port: number
  /** Path of a Unix socket that replaces host and port. */
  readonly unixSocket: string | undefined
  readonly unixSocketMode: number | undefined
  /** Whether systemd passes a socket that replaces host and port. */
  readonly systemdSocket: boolean
  /** The peers that send the PROXY protocol; `undefined` if none does. */
  readonly proxyProtocol: TrustProxy | undefined
  readonly processes: number
}

export function readListening(reader: Reader): ListenConfig {
  const config: ListenConfig = {
    host: reader.read(host) ?? host.default,
    port: reader.read(port) ?? Number(port.default),
    unixSocket: reader.read(unixSocket),
    unixSocketMode: reader.read(unixSocketMode),
    systemdSocket: reader.read(systemdSocket) ?? false,
    proxyProtocol: proxiesOf(reader.read(proxyProtocol)),
    processes: reader.read(webConcurrency) ?? 1,
  }
  for (const [variable, isSet] of [
    [systemdSocket, config.systemdSocket],
    [proxyProtocol, config.proxyProtocol !== undefined],
  ] as const)
    if (isSet && config.unixSocket !== undefined)
      reader.problems.push({
        variable: variable.name,
        reason: 'it is set, and UNIX_SOCKET is too',
        remedy: `Remove ${variable.name} or UNIX_SOCKET.`,
      })
  if (config.unixSocket === undefined && config.unixSocketMode !== undefined)
    reader.warnings.push('UNIX_SOCKET_MODE has no effect, since UNIX_SOCKET is not set.')
  return config
}

function proxiesOf(proxies: TrustProxy | undefined): TrustProxy | undefined {
  return proxies === trustNone ? undefined : proxies
}

/** SQLite has one writer, and processes that share a file wait for each other. */
export function assertSupportsProcesses(
  reader: Reader,
  { processes, systemdSocket: isPassed }: ListenConfig,
  databaseKind: string,
): void {
  if (processes > 1 && isPassed)
    reader.problems.push({
      variable: webConcurrency.name,
      reason: 'systemd passes its socket to one process only',
      remedy: 'Remove SYSTEMD_SOCKET or WEB_CONCURRENCY.',
    })
  if (processes === 1 || databaseKind === 'postgres') return
  reader.problems.push({
    variable: webConcurrency.name,
    reason: 'SQLite allows one process only',
    remedy: 'Set DB_CONNECTION_STRING to a PostgreSQL URL, or remove WEB_CONCURRENCY.',
  })
}

function parseProcesses({ text }: RawValue): number {
  const value = /^\d{1,2}$/.test(text) ? Number(text) : 0
  if (value < 1 || value > 64)
    throw new InvalidValueError(`"${text}" is not a number of processes`, 'Write a whole number from 1 to 64.')
  return value
}

function parseHost({ text }: RawValue): string {
  if (!/^[\w.:%-]+$/.test(text))
    throw new InvalidValueError(
      `"${text}" is neither a host name nor an IP address`,
      'Write 0.0.0.0, :: or an address.',
    )
  return text.toLowerCase()
}

function parseMode({ text }: RawValue): number {
  if (!/^0?[0-7]{3}$/.test(text))
    throw new InvalidValueError(`"${text}" is not a file mode`, 'Write three octal digits, such as 0660.')
  return Number.parseInt(text, 8)
}
