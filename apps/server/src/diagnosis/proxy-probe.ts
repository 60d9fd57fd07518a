import { timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Clock, MasterKey, TrustProxy } from '@pocket/core'
import { type Finding, findingOf } from './finding.ts'
import { getDocument } from './get-document.ts'

/** The server's view of a request to its public URL. */
interface SeenRequest {
  /** The IP address of the peer. */
  readonly peer: string
  readonly isTrusted: boolean
  readonly hasForwardedFor: boolean
}

export interface ProxyProbeDeps {
  readonly masterKey: Pick<MasterKey, 'mac'>
  readonly trustProxy: TrustProxy
  readonly clock: Clock
}

/** Only processes with the master key learn how a request arrived. */
export interface ProxyProbe {
  check(issuer: string, signal: AbortSignal): Promise<readonly Finding[]>
  /** The response to a probe; `undefined` to other requests. */
  answer(request: IncomingMessage): SeenRequest | undefined
}

const header = 'x-pocket-probe'
/** Milliseconds. */
const maxAge = 60_000

export function createProxyProbe({ masterKey, trustProxy, clock }: ProxyProbeDeps): ProxyProbe {
  const sign = (time: number) => `${time}.${masterKey.mac('proxy probe', String(time))}`
  const isProbe = (value: string) => {
    const time = Number(value.split('.')[0])
    if (!(Math.abs(clock.now() - time) <= maxAge)) return false
    const [given, expected] = [Buffer.from(value), Buffer.from(sign(time))]
    return given.length === expected.length && timingSafeEqual(given, expected)
  }
  return {
    async check(issuer, signal) {
      const { json } = await getDocument(`${issuer}/healthz`, signal, { [header]: sign(clock.now()) })
      if (typeof json?.peer !== 'string' || json.isTrusted === json.hasForwardedFor) return []
      const name = json.isTrusted ? 'proxyHeaderMissing' : 'proxyNotTrusted'
      return [findingOf(name, '#server', { about: json.peer.slice(0, 100), severity: 'soon' })]
    },
    answer({ headers, socket }) {
      const value = headers[header]
      if (typeof value !== 'string' || !isProbe(value)) return undefined
      const peer = socket.remoteAddress ?? ''
      return { peer, isTrusted: trustProxy(peer), hasForwardedFor: headers['x-forwarded-for'] !== undefined }
    },
  }
}
