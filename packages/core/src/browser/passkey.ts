/**
 * The passkey ceremonies of a page: the only code of this package that runs in a browser.
 *
 * ```ts
 * import { authenticate, explain } from '@pocket/core/browser'
 *
 * try {
 *   const { redirectTo } = await authenticate(ceremony)
 *   location.assign(redirectTo)
 * } catch (error) {
 *   show(sentences[explain(error).reason])
 * }
 * ```
 *
 * @module
 */
import {
  browserSupportsWebAuthn,
  type PublicKeyCredentialCreationOptionsJSON,
  startAuthentication,
  startRegistration,
} from '@simplewebauthn/browser'
import type { AuthenticationCeremony } from '../interactions/views.ts'
import { failureOf } from './failure.ts'
import { PasskeyProblem } from './problem.ts'
import { getJson, member, postJson, redirectOf } from './server.ts'

export { type CeremonyFailure, type Explanation, explain, PasskeyProblem } from './problem.ts'

/** Where the server wants the browser to go after a ceremony: an absolute `http` or `https` URL. */
export interface CeremonyOutcome {
  readonly redirectTo: string
}

/** What a registration ceremony needs of its page. */
export interface RegistrationCeremony {
  /** `POST` `input` to it; it answers `{ "options": PublicKeyCredentialCreationOptionsJSON }`. */
  readonly optionsFrom: string
  /** What the server has to know before it makes the options, such as the fields of a form. */
  readonly input?: Readonly<Record<string, unknown>>
  /** `POST` `{ "response": RegistrationResponseJSON }` to it; it answers `{ "redirectTo": string }`. */
  readonly submitTo: string
}

/** Challenges that the server has seen. It takes each one once, whatever it says to the answer. */
const spent = new Set<string>()

/**
 * Asks for a passkey and signs in with it (WebAuthn Level 3 §7.2). Call it from a click: some browsers insist on one. A
 * challenge that has ended, or was sent before, is replaced by a fresh one first.
 *
 * @throws {@link PasskeyProblem}, which {@link explain} puts into words
 */
export async function authenticate(ceremony: AuthenticationCeremony): Promise<CeremonyOutcome> {
  assertPossible()
  const { options, submitTo } = await current(ceremony)
  const response = await prompt(options.timeout, () => startAuthentication({ optionsJSON: options }))
  spent.add(options.challenge)
  return { redirectTo: redirectOf(await postJson(submitTo, { response })) }
}

/**
 * Makes a passkey and registers it (WebAuthn Level 3 §7.1). Call it from a click.
 *
 * @throws {@link PasskeyProblem}, which {@link explain} puts into words; its `fields` name what is wrong with the input
 */
export async function register(ceremony: RegistrationCeremony): Promise<CeremonyOutcome> {
  assertPossible()
  const options = creationOptions(await postJson(ceremony.optionsFrom, ceremony.input ?? {}))
  const response = await prompt(options.timeout, () => startRegistration({ optionsJSON: options }))
  return { redirectTo: redirectOf(await postJson(ceremony.submitTo, { response })) }
}

function assertPossible(): void {
  if (!globalThis.isSecureContext) throw new PasskeyProblem('insecure_context', 'Passkeys need a secure context.')
  if (!browserSupportsWebAuthn()) throw new PasskeyProblem('unsupported', 'This browser has no WebAuthn.')
}

/** A few seconds early, so that the answer still arrives in time. */
const margin = 5000

async function current(ceremony: AuthenticationCeremony): Promise<AuthenticationCeremony> {
  const fresh = ceremony.expiresAt - margin > Date.now() && !spent.has(ceremony.options.challenge)
  if (fresh) return ceremony
  const answer = await getJson(ceremony.refreshFrom)
  if (typeof member(member(answer, 'options'), 'challenge') !== 'string')
    throw new PasskeyProblem('unexpected', 'The server sent no fresh ceremony.')
  // Our own server speaks here, over the same origin; the browser validates the options themselves.
  return answer as AuthenticationCeremony
}

function creationOptions(answer: unknown): PublicKeyCredentialCreationOptionsJSON {
  const options = member(answer, 'options')
  if (typeof member(options, 'challenge') !== 'string')
    throw new PasskeyProblem('unexpected', 'The server sent no options.')
  // As above: our own server, and validated by the browser.
  return options as PublicKeyCredentialCreationOptionsJSON
}

async function prompt<T>(timeout: number | undefined, ask: () => Promise<T>): Promise<T> {
  const began = performance.now()
  try {
    return await ask()
  } catch (cause) {
    const failure = failureOf(cause, timeout !== undefined && performance.now() - began >= timeout)
    throw new PasskeyProblem(failure, 'The ceremony has failed in the browser.', { cause })
  }
}
