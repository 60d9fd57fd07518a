import type { IncomingMessage } from 'node:http'
import { randomToken } from '../../random.ts'

const proofs = new WeakMap<IncomingMessage, string>()

const refusals = new WeakMap<IncomingMessage, string>()

/** Records why client authentication failed, for the connection log. */
export function recordClientRefusal(req: IncomingMessage, reason: string): void {
  refusals.set(req, reason)
}

export function getClientRefusal(req: IncomingMessage): string | undefined {
  return refusals.get(req)
}

/** Creates a one-time secret for this request, for a client that authenticated by another method. */
export function createProof(req: IncomingMessage): string {
  const proof = randomToken()
  proofs.set(req, proof)
  return proof
}

/** Whether the client authenticated by a method other than a secret. */
export function hasProof(req: IncomingMessage): boolean {
  return proofs.has(req)
}

export function isProof(req: IncomingMessage | undefined, secret: string): boolean {
  return req !== undefined && proofs.get(req) === secret
}
