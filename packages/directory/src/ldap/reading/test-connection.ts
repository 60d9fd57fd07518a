import { readAddress } from './address.ts'
import { LdapError } from './ldap-error.ts'
import type { LdapOptions } from './options.ts'
import { queriesOf } from './queries.ts'
import { LdapSession } from './session.ts'
import type { LdapStep } from './socket.ts'
import { timeToTest, withTimeout } from './within-time.ts'

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
  const done = new Set<LdapStep>()
  const begun = new Set<LdapStep>()
  let failure: LdapError | undefined
  const { steps, isPrivate } = plan(options)
  try {
    // The test runs no search, but reports invalid search options.
    const { base } = queriesOf(options).people
    for (const step of steps) begun.add(step)
    await withTimeout(timeToTest(options), signal, async (either) => {
      using session = await LdapSession.open(options, either, (step) => done.add(step))
      await session.expectBase(base)
      done.add('base')
    })
  } catch (error) {
    if (signal.aborted || !(error instanceof LdapError)) throw error
    failure = error
  }
  const failed = failure && steps.find((step) => begun.has(step) && !done.has(step))
  return {
    steps: steps.map((step) => ({ step, outcome: done.has(step) ? 'done' : step === failed ? 'failed' : 'open' })),
    ...(failure && { failure }),
    isPrivate,
  }
}

function plan(options: LdapOptions): { readonly steps: readonly LdapStep[]; readonly isPrivate: boolean } {
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
