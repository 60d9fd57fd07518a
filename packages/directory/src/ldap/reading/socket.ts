import { X509Certificate } from 'node:crypto'
import { connect, isIP, type Socket } from 'node:net'
import { type ConnectionOptions, connect as connectTls } from 'node:tls'
import type { LdapAddress } from './address.ts'
import { LdapError } from './ldap-error.ts'
import { defaults, type LdapConnectionOptions } from './options.ts'

/** The steps of a connection, in this order. */
export type LdapStep = 'resolve' | 'connect' | 'tls' | 'bind' | 'base'

/** Called after each completed step. */
export type StepListener = (step: LdapStep) => void

/** @throws LdapError if the server is unreachable. */
export async function openSocket(
  address: LdapAddress,
  options: LdapConnectionOptions,
  signal: AbortSignal,
  onStep: StepListener,
): Promise<Socket> {
  signal.throwIfAborted()
  const socket = connect(address.kind === 'unix' ? { path: address.path } : { host: address.host, port: address.port })
  // The name is resolved at this point, even if the connection fails.
  socket.once('connectionAttempt', () => onStep('resolve'))
  await waitUntilOpen(socket, 'connect', options, signal, connectError)
  onStep('connect')
  return socket
}

/** Starts TLS on the socket. @throws LdapError if the server's certificate is not valid for it. */
export async function secureSocket(
  plainSocket: Socket,
  host: string,
  options: LdapConnectionOptions,
  signal: AbortSignal,
  onStep: StepListener,
): Promise<Socket> {
  const socket = connectTls({ socket: plainSocket, ...tlsOptions(host, options) })
  await waitUntilOpen(socket, 'secureConnect', options, signal, tlsError)
  onStep('tls')
  return socket
}

/** @throws LdapError `ldap_ca_invalid` */
export function tlsOptions(host: string, options: LdapConnectionOptions): ConnectionOptions {
  return {
    host,
    // A server name must not be an IP address (RFC 6066 §3).
    servername: isIP(host) ? '' : host,
    rejectUnauthorized: options.skipCertificateCheck !== true,
    ...(options.ca !== undefined && options.ca.trim() !== '' && { ca: parseCertificates(options.ca) }),
  }
}

// Node treats text without a certificate as an empty list, and then trusts no server without reporting an error.
function parseCertificates(pem: string): string[] {
  const found = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []
  try {
    for (const certificate of found) new X509Certificate(certificate)
  } catch (error) {
    throw new LdapError('ldap_ca_invalid', { setting: 'ca' }, error)
  }
  if (found.length === 0) throw new LdapError('ldap_ca_invalid', { setting: 'ca' })
  return found
}

function waitUntilOpen(
  socket: Socket,
  event: 'connect' | 'secureConnect',
  options: LdapConnectionOptions,
  signal: AbortSignal,
  toError: (system: string, cause: unknown) => LdapError,
): Promise<void> {
  const step = event === 'connect' ? 'connect' : 'tls'
  return new Promise((resolve, reject) => {
    const fail = (error: unknown) => {
      cleanUp()
      socket.destroy()
      reject(error)
    }
    const onError = (error: unknown) => fail(toError(systemCode(error), error))
    const onClose = () => fail(new LdapError('ldap_connection_lost', { step }))
    const onAbort = () => fail(signal.reason)
    const timer = setTimeout(
      () => fail(new LdapError('ldap_timed_out', { step })),
      options.connectTimeout ?? defaults.connectTimeout,
    )
    const onOpen = () => {
      cleanUp()
      resolve()
    }
    const cleanUp = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', onAbort)
      socket.off(event, onOpen).off('error', onError).off('close', onClose)
      // Later errors are reported to the reader of the socket.
      socket.on('error', () => {})
    }
    signal.addEventListener('abort', onAbort)
    socket.once(event, onOpen).once('error', onError).once('close', onClose)
  })
}

/** The error code of Node or the system. Not by instanceof: errors may be of another realm. */
function systemCode(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : ''
}

function connectError(system: string, cause: unknown): LdapError {
  const isUnknownHost = ['ENOTFOUND', 'EAI_AGAIN', 'EAI_NODATA', 'EAI_NONAME', 'EAI_FAIL'].includes(system)
  return new LdapError(isUnknownHost ? 'ldap_host_not_found' : 'ldap_unreachable', { step: 'connect', system }, cause)
}

const untrustedCodes = [
  'CERT_NOT_YET_VALID',
  'CERT_REJECTED',
  'CERT_REVOKED',
  'CERT_SIGNATURE_FAILURE',
  'CERT_UNTRUSTED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'INVALID_CA',
  'INVALID_PURPOSE',
  'PATH_LENGTH_EXCEEDED',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]

function tlsError(system: string, cause: unknown): LdapError {
  const details = { step: 'tls', system }
  if (system === 'CERT_HAS_EXPIRED') return new LdapError('ldap_certificate_expired', details, cause)
  if (system === 'ERR_TLS_CERT_ALTNAME_INVALID') return new LdapError('ldap_certificate_wrong_host', details, cause)
  if (untrustedCodes.includes(system)) return new LdapError('ldap_certificate_untrusted', details, cause)
  return new LdapError('ldap_tls_failed', details, cause)
}
