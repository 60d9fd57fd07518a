import { argumentChecks } from '@pocket/core/internal'
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
  argumentChecks.abortSignal(signal)
  const timeout = new AbortController()
  const timer = setTimeout(() => timeout.abort(new LdapError('ldap_timed_out', { step: 'whole' })), milliseconds)
  const combined = AbortSignal.any([signal, timeout.signal])
  try {
    combined.throwIfAborted()
    return await run(combined)
  } catch (error) {
    // The abort reason is more useful than the error that the abort caused.
    throw combined.aborted ? combined.reason : error
  } finally {
    clearTimeout(timer)
  }
}

/** The milliseconds allowed for an import. */
export function importTimeout({ overallTimeout }: LdapConnectionOptions): number {
  return overallTimeout ?? defaults.overallTimeout
}

/** The milliseconds allowed for a test. */
export function testTimeout(options: LdapConnectionOptions): number {
  return Math.min(importTimeout(options), defaults.testTimeout)
}
