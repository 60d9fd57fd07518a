import { randomBytes, randomInt, randomUUID } from 'node:crypto'

/** A random UUID (version 4, RFC 9562). */
export function uuid(): string {
  return randomUUID()
}

/** `bytes` random bytes in base64url (unreserved characters only); 32 bytes give 43 characters. */
export function randomToken(bytes = 32): string {
  return randomBytes(bytes).toString('base64url')
}

/** `length` characters drawn uniformly from `alphabet`. */
export function randomText(length: number, alphabet: string): string {
  return Array.from({ length }, () => alphabet.charAt(randomInt(alphabet.length))).join('')
}
