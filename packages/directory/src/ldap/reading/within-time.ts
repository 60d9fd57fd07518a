import { LdapError } from './ldap-error.ts'
import { defaults, type LdapConnectionOptions } from './options.ts'

/**
 * Runs something that ends when it takes too long or is not wanted any more.
 *
 * @throws LdapError `ldap_timed_out` @throws the reason of `signal`
 */
export async function withTimeout<T>(
  milliseconds: number,
  signal: AbortSignal,
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const late = new AbortController()
  const timer = setTimeout(() => late.abort(new LdapError('ldap_timed_out', { step: 'whole' })), milliseconds)
  const either = AbortSignal.any([signal, late.signal])
  try {
    either.throwIfAborted()
    return await run(either)
  } catch (error) {
    // What broke when it was cut off says less than why it was.
    throw either.aborted ? either.reason : error
  } finally {
    clearTimeout(timer)
  }
}

/** Milliseconds that a reading may take. */
export function readTimeout({ overallTimeout }: LdapConnectionOptions): number {
  return overallTimeout ?? defaults.overallTimeout
}

/** Milliseconds that a test may take. */
export function timeToTest(options: LdapConnectionOptions): number {
  return Math.min(readTimeout(options), defaults.testTimeout)
}
