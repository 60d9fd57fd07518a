import { argumentChecks } from '@pocket/core/internal'
import { readAddress } from './address.ts'
import { LdapError } from './ldap-error.ts'
import { type LdapOptions, ldapOptions } from './options.ts'
import { buildQueries } from './queries.ts'
import { LdapSession } from './session.ts'
import type { LdapStep } from './socket.ts'
import { testTimeout, withTimeout } from './with-timeout.ts'

/** The result of a connection test. */
export interface LdapConnectionTest {
  /** The steps of this connection, in order; `tls` only if it is encrypted. */
  readonly steps: readonly LdapStepOutcome[]
  /** The reason for the failure; `undefined` on success. */
  readonly failure?: LdapError
  /** Whether the traffic is protected from eavesdropping: encrypted, or local to the machine. */
  readonly isPrivate: boolean
}

/** The result of one step of a connection. */
export interface LdapStepOutcome {
  readonly step: LdapStep
  /** Only one step is `failed`, and later steps are `open`. If the options are invalid, no step runs. */
  readonly outcome: 'done' | 'failed' | 'open'
}

/**
 * Connects, encrypts (RFC 4511 §4.14), binds (§4.2) and looks up the base. Reports failures in the result; throws only the
 * reason of `signal`.
 *
 * @example
 * ```ts
 * const { steps } = await testLdapConnection(options, AbortSignal.timeout(30_000))
 * ```
 */
export async function testLdapConnection(options: LdapOptions, signal: AbortSignal): Promise<LdapConnectionTest> {
  ldapOptions(options)
  argumentChecks.abortSignal(signal)
  const completed = new Set<LdapStep>()
  const started = new Set<LdapStep>()
  let failure: LdapError | undefined
  const { steps, isPrivate } = planSteps(options)
  try {
    // The test runs no search, but reports invalid search options.
    const { base } = buildQueries(options).people
    for (const step of steps) started.add(step)
    await withTimeout(testTimeout(options), signal, async (combinedSignal) => {
      using session = await LdapSession.open(options, combinedSignal, (step) => completed.add(step))
      await session.assertBaseExists(base)
      completed.add('base')
    })
  } catch (error) {
    if (signal.aborted || !(error instanceof LdapError)) throw error
    failure = error
  }
  const failed = failure && steps.find((step) => started.has(step) && !completed.has(step))
  return {
    steps: steps.map((step) => ({ step, outcome: completed.has(step) ? 'done' : step === failed ? 'failed' : 'open' })),
    ...(failure && { failure }),
    isPrivate,
  }
}

function planSteps(options: LdapOptions): { readonly steps: readonly LdapStep[]; readonly isPrivate: boolean } {
  try {
    const address = readAddress(options.url)
    if (address.kind === 'unix') return { steps: ['connect', 'bind', 'base'], isPrivate: true }
    const isPrivate = address.tls || options.startTls === true
    return { steps: ['resolve', 'connect', ...(isPrivate ? (['tls'] as const) : []), 'bind', 'base'], isPrivate }
  } catch {
    // An invalid URL has no further steps.
    return { steps: ['resolve', 'connect', 'bind', 'base'], isPrivate: false }
  }
}
