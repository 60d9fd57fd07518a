import { readAddress } from './address.ts'
import { LdapError } from './ldap-error.ts'
import type { LdapOptions } from './options.ts'
import { queriesOf } from './queries.ts'
import { LdapSession } from './session.ts'
import type { LdapStep } from './socket.ts'
import { timeToTest, withTimeout } from './within-time.ts'

/** How far a connection got. */
export interface LdapConnectionTest {
  /** What comes one after the other on this connection; `tls` only where it is encrypted. */
  readonly steps: readonly LdapStepOutcome[]
  /** Why it got no further; `undefined` where it got through. */
  readonly failure?: LdapError
  /** Whether what is said can be read by nobody between: it is encrypted, or never leaves the machine. */
  readonly isPrivate: boolean
}

/** What became of one step of a connection. */
export interface LdapStepOutcome {
  readonly step: LdapStep
  /** `failed` is said once, and what comes after it is `open`. Where the options cannot work nothing is begun. */
  readonly outcome: 'done' | 'failed' | 'open'
}

/**
 * Connects, encrypts (RFC 4511 §4.14), signs in (§4.2) and looks for the base. Of what fails it tells; it throws nothing but the reason of
 * `signal`.
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
    // Nothing is looked for here, but what is wrong with that should be heard now.
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
    // An address that cannot be read leads nowhere.
    return { steps: ['resolve', 'connect', 'bind', 'base'], isPrivate: false }
  }
}
