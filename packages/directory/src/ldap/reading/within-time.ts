import { LdapError } from './ldap-error.ts'
import { defaults, type LdapConnectionOptions } from './options.ts'

/**
 * Runs an operation and aborts it on a timeout or signal.
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
    // The abort reason is more useful than the error that the abort caused.
    throw either.aborted ? either.reason : error
  } finally {
    clearTimeout(timer)
  }
}

/** The milliseconds allowed for an import. */
export function readTimeout({ overallTimeout }: LdapConnectionOptions): number {
  return overallTimeout ?? defaults.overallTimeout
}

/** The milliseconds allowed for a test. */
export function timeToTest(options: LdapConnectionOptions): number {
  return Math.min(readTimeout(options), defaults.testTimeout)
}
