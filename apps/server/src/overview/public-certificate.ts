import { once } from 'node:events'
import { isIP } from 'node:net'
import { connect } from 'node:tls'
import type { Clock } from '@pocket/core'

/** From when and until when a certificate counts, in milliseconds since the Unix epoch, and for which host. */
export interface CertificateDates {
  readonly host: string
  readonly startsAt: number
  readonly endsAt: number
}

export interface PublicCertificatePorts {
  readonly issuer: string
  readonly clock: Clock
  /** Takes why it could not be looked at. */
  readonly onError: (error: unknown) => void
}

/** The certificate that browsers are shown at the address of the issuer. */
export interface PublicCertificate {
  /** What is known by now; `null` where nothing is. Looks as well, for the next one who wants to know. */
  known(): CertificateDates | null
}

const freshFor = 60 * 60_000
const maxWait = 5000

/**
 * Looks at the certificate at most once an hour, whoever asks how often. A reverse proxy has it, so it is read as a browser
 * would read it, whoever vouches for it: one that has ended is told about just then.
 */
export function createPublicCertificate({ issuer, clock, onError }: PublicCertificatePorts): PublicCertificate {
  const { protocol, hostname, port } = new URL(issuer)
  let known: CertificateDates | null = null
  let lookedAt: number | undefined
  return {
    known() {
      const now = clock.now()
      const age = lookedAt === undefined ? freshFor : now - lookedAt
      if (protocol === 'https:' && (age < 0 || age >= freshFor)) {
        lookedAt = now
        void look(hostname.replace(/^\[|\]$/g, ''), Number(port || 443)).then((found) => {
          known = found
        }, onError)
      }
      return known
    },
  }
}

async function look(host: string, port: number): Promise<CertificateDates> {
  const servername = isIP(host) === 0 ? { servername: host } : {}
  const socket = connect({ host, port, ...servername, rejectUnauthorized: false })
  socket.unref()
  try {
    await once(socket, 'secureConnect', { signal: AbortSignal.timeout(maxWait) })
    const { validFrom, validTo } = socket.getPeerX509Certificate() ?? {}
    if (validFrom === undefined || validTo === undefined) throw new Error(`${host} shows no certificate`)
    return { host, startsAt: Date.parse(validFrom), endsAt: Date.parse(validTo) }
  } finally {
    socket.destroy()
  }
}
