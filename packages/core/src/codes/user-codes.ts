import { randomText } from '../random.ts'

/** The characters of a user code, without I, L and O, which look like 1 and 0. */
const alphabet = 'ABCDEFGHJKMNPQRSTUVWXYZ0123456789'
/** Distinguishes these codes from device login codes, because users enter both in the same field. */
const prefix = 'E'
const codeLength = 7

/** Announced polling interval in seconds (RFC 8628 §3.2). */
export const announcedPollInterval = 5
/** Enforced polling interval in milliseconds: one second shorter, to allow for network jitter. */
export const devicePollInterval = (announcedPollInterval - 1) * 1000

/** Creates a user code for the device flow (RFC 8628 §6.1). */
export function createUserCode(): string {
  return prefix + randomText(codeLength, alphabet)
}

/** Normalizes a typed user code: ignores case, spaces and hyphens, and replaces look-alike letters. */
export function normalizeUserCode(input: string): string {
  return input.toUpperCase().replaceAll(/[\s-]/g, '').replaceAll(/[IL]/g, '1').replaceAll('O', '0')
}

/** Whether this is a device flow code (RFC 8628 §6.1) rather than a device login code. */
export function isUserCode(input: string): boolean {
  return normalizeUserCode(input).startsWith(prefix)
}
