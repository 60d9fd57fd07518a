import { timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Clock } from '../../clock.ts'
import type { MasterKey } from '../../master-key.ts'

/** The request header of a client test, and the response header with the reason of a refusal, percent-encoded. */
export const trialHeader = 'pocket-client-test'

/** Milliseconds. */
const lifetime = 60_000
const maxClockDifference = 60_000

/** Marks the requests of client tests, which count for nothing in the connection log, the audit log and last uses. */
export interface TrialMarks {
  create(clientId: string): string
  isTrial(req: IncomingMessage | undefined, clientId: string | undefined): boolean
}

/** A mark is signed with a key that all processes have, because another process may receive the request. */
export function createTrialMarks(masterKey: MasterKey, clock: Clock): TrialMarks {
  const sign = (clientId: string, expiresAt: string) =>
    Buffer.from(masterKey.mac('client tests', `${expiresAt} ${clientId}`))
  return {
    create(clientId) {
      const expiresAt = String(clock.now() + lifetime)
      return `${expiresAt}.${sign(clientId, expiresAt)}`
    },
    isTrial(req, clientId) {
      const value = req?.headers[trialHeader]
      if (typeof value !== 'string' || clientId === undefined) return false
      const [expiresAt = '', signature = ''] = value.split('.')
      const remaining = Number(expiresAt) - clock.now()
      if (!(remaining > 0 && remaining <= lifetime + maxClockDifference)) return false
      const [given, expected] = [Buffer.from(signature), sign(clientId, expiresAt)]
      return given.length === expected.length && timingSafeEqual(given, expected)
    },
  }
}
