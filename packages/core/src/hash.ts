import { hash, timingSafeEqual } from 'node:crypto'

/** SHA-256 in base64url; bearer secrets are stored as this hash. */
export function sha256(text: string): string {
  return hash('sha256', text, 'base64url')
}

/** Compares strings of the same length in constant time; the lengths are not secret. */
export function timingSafeEqualText(left: string, right: string): boolean {
  const a = Buffer.from(left)
  const b = Buffer.from(right)
  return a.length === b.length && timingSafeEqual(a, b)
}
