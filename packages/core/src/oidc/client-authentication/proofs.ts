import type { IncomingMessage } from 'node:http'
import { randomToken } from '../../random.ts'

const proofs = new WeakMap<IncomingMessage, string>()

const refusals = new WeakMap<IncomingMessage, string>()

/** Keeps why a client was not believed, for those who may know. */
export function refuseClient(req: IncomingMessage, reason: string): void {
  refusals.set(req, reason)
}

export function refusalOf(req: IncomingMessage): string | undefined {
  return refusals.get(req)
}

/** A secret for this one request, for a client that has proved in another way who it is. */
export function proveClient(req: IncomingMessage): string {
  const proof = randomToken()
  proofs.set(req, proof)
  return proof
}

/** Whether the client has proved who it is in another way than by a secret. */
export function isProven(req: IncomingMessage): boolean {
  return proofs.has(req)
}

export function isProof(req: IncomingMessage | undefined, secret: string): boolean {
  return req !== undefined && proofs.get(req) === secret
}
