import { randomText } from '../random.ts'

/** The letters and digits of a user code: I, L and O are missing, which are typed for 1 and 0. */
const alphabet = 'ABCDEFGHJKMNPQRSTUVWXYZ0123456789'
/** Tells these codes from those of a device login, since people type both into one field. */
const prefix = 'E'
const codeLength = 7

/** Seconds that a device is told to leave between two requests (RFC 8628 §3.2). */
export const announcedPollInterval = 5
/** Milliseconds that it has to leave: a second less, for one that keeps to it through a network of varying speed. */
export const devicePollInterval = (announcedPollInterval - 1) * 1000

/** A new user code of the device flow (RFC 8628 §6.1). */
export function newUserCode(): string {
  return prefix + randomText(codeLength, alphabet)
}

/** A code as it was given out, from what a person typed: letter case, spaces and hyphens do not count. */
export function normalUserCode(input: string): string {
  return input.toUpperCase().replaceAll(/[\s-]/g, '').replaceAll(/[IL]/g, '1').replaceAll('O', '0')
}

/**
 * Whether this is a code of the device flow (RFC 8628 §6.1), rather than one of a device login.
 *
 * @example
 * ```ts
 * const page = isUserCode(typed) ? '/device' : '/login/device'
 * ```
 */
export function isUserCode(input: string): boolean {
  return normalUserCode(input).startsWith(prefix)
}
