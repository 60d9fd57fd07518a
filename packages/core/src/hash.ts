import { createHash, timingSafeEqual } from 'node:crypto'

/** SHA-256 in base64url: how everything that a bearer holds is stored. */
export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('base64url')
}

/** Compares in constant time for texts of the same length; lengths are no secret here. */
export function timingSafeEqualText(left: string, right: string): boolean {
  const a = Buffer.from(left)
  const b = Buffer.from(right)
  return a.length === b.length && timingSafeEqual(a, b)
}
