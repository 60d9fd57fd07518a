import { once } from 'node:events'
import { isIP } from 'node:net'
import { connect } from 'node:tls'
import type { Clock } from '@pocket/core'

/** The validity period of a certificate, in milliseconds since the Unix epoch, and its host. */
export interface CertificateDates {
  readonly host: string
  readonly startsAt: number
  readonly endsAt: number
}

export interface PublicCertificateDeps {
  readonly issuer: string
  readonly clock: Clock
  /** Receives errors of the check. */
  readonly onError: (error: unknown) => void
}

/** The TLS certificate of the issuer URL. */
export interface PublicCertificate {
  /** The last known certificate; `null` if unknown. Also starts a check in the background. */
  lastKnown(): CertificateDates | null
}

const maxAge = 60 * 60_000
const connectTimeout = 5000

/**
 * Checks the certificate at most once an hour, regardless of the number of calls. A reverse proxy may hold it, so it is read
 * through a TLS connection without trust validation: an expired certificate must be reported too.
 */
export function createPublicCertificate({ issuer, clock, onError }: PublicCertificateDeps): PublicCertificate {
  const { protocol, hostname, port } = new URL(issuer)
  let dates: CertificateDates | null = null
  let checkedAt: number | undefined
  return {
    lastKnown() {
      const now = clock.now()
      const age = checkedAt === undefined ? maxAge : now - checkedAt
      if (protocol === 'https:' && (age < 0 || age >= maxAge)) {
        checkedAt = now
        void readCertificate(hostname.replace(/^\[|\]$/g, ''), Number(port || 443)).then((result) => {
          dates = result
        }, onError)
      }
      return dates
    },
  }
}

async function readCertificate(host: string, port: number): Promise<CertificateDates> {
  const servername = isIP(host) === 0 ? { servername: host } : {}
  const socket = connect({ host, port, ...servername, rejectUnauthorized: false })
  socket.unref()
  try {
    await once(socket, 'secureConnect', { signal: AbortSignal.timeout(connectTimeout) })
    const { validFrom, validTo } = socket.getPeerX509Certificate() ?? {}
    if (validFrom === undefined || validTo === undefined) throw new Error(`${host} presented no certificate`)
    return { host, startsAt: Date.parse(validFrom), endsAt: Date.parse(validTo) }
  } finally {
    socket.destroy()
  }
}
