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
  browserSupportsWebAuthnAutofill,
  type PublicKeyCredentialCreationOptionsJSON,
  startAuthentication,
  startRegistration,
  WebAuthnAbortService,
} from '@simplewebauthn/browser'
import type { AuthenticationCeremony } from '../interactions/views.ts'
import { failureContext, isInAppBrowser } from './circumstances.ts'
import { failureOf } from './failure.ts'
import { PasskeyProblem } from './problem.ts'
import { getJson, member, postJson, redirectOf } from './server.ts'
import { signalUnknownCredential } from './signals.ts'

export { type CeremonyFailure, ceremonyFailures, type Explanation, explain, PasskeyProblem } from './problem.ts'
export { type AccountSignals, signalAccount } from './signals.ts'

/** Where the server wants the browser to go after a ceremony: an absolute `http` or `https` URL. */
export interface CeremonyOutcome {
  readonly redirectTo: string
}

/** What a registration ceremony needs of its page (WebAuthn Level 3 §7.1). */
export interface RegistrationCeremony {
  /** `POST` `input` to it; it answers `{ "options": PublicKeyCredentialCreationOptionsJSON }`. */
  readonly optionsFrom: string
  /** What the server has to know before it makes the options, such as the fields of a form. */
  readonly input?: Readonly<Record<string, unknown>> | undefined
  /** `POST` `{ "response": RegistrationResponseJSON }` to it; it answers `{ "redirectTo": string }`. */
  readonly submitTo: string
}

/** What {@link autofill} can be told. */
export interface AutofillOptions {
  /** Withdraws the offer: nothing comes of it unless a passkey was chosen before. */
  readonly signal?: AbortSignal | undefined
}

/** Challenges that were sent to the server, which may have spent them. */
const spent = new Set<string>()

/** Whether the server has just refused a passkey that verified nobody: the next one is told to. */
let mustVerify = false

/**
 * Asks for a passkey and signs in with it (WebAuthn Level 3 §7.2). Call it from a click: some browsers insist on one. A
 * challenge that has ended, or was sent before, is replaced by a fresh one first; one that the server does not accept any more, such
 * as after its key was rotated, is replaced and the passkey asked for once more.
 *
 * @throws {@link PasskeyProblem}, which {@link explain} puts into words
 *
 * @example
 * ```ts
 * button.onclick = async () => location.assign((await authenticate(ceremony)).redirectTo)
 * ```
 */
export async function authenticate(ceremony: AuthenticationCeremony): Promise<CeremonyOutcome> {
  assertPossible()
  return attempt(ceremony).catch((error: unknown) => {
    if (isExpired(error)) return attempt(ceremony)
    throw error
  })
}

async function attempt(ceremony: AuthenticationCeremony): Promise<CeremonyOutcome> {
  const fresh = await current(ceremony)
  const options = mustVerify ? { ...fresh.options, userVerification: 'required' as const } : fresh.options
  return submitted(fresh, await prompt(options.timeout, () => startAuthentication({ optionsJSON: options })))
}

/**
 * Offers the person's passkeys in a field of the page with `autocomplete="username webauthn"` (conditional mediation,
 * WebAuthn Level 3 §5.1.4), until one is chosen, `signal` is aborted or {@link authenticate} takes over. Challenges that end
 * meanwhile are replaced. Call it when the page has loaded; `undefined` where nothing came of it.
 *
 * @throws {@link PasskeyProblem} where the server refuses the chosen passkey
 *
 * @example
 * ```ts
 * const outcome = await autofill(ceremony)
 * if (outcome) location.assign(outcome.redirectTo)
 * ```
 */
export async function autofill(
  ceremony: AuthenticationCeremony,
  { signal }: AutofillOptions = {},
): Promise<CeremonyOutcome | undefined> {
  if (!globalThis.isSecureContext || !(await browserSupportsWebAuthnAutofill())) return undefined
  for (;;) {
    const fresh = await current(ceremony).catch(() => undefined)
    if (fresh === undefined || signal?.aborted) return undefined
    let ended = false
    const withdraw = () => WebAuthnAbortService.cancelCeremony()
    signal?.addEventListener('abort', withdraw)
    const end = setTimeout(
      () => {
        ended = true
        WebAuthnAbortService.cancelCeremony()
      },
      Math.max(fresh.expiresAt - margin - Date.now(), margin),
    )
    const response = await startAuthentication({ optionsJSON: fresh.options, useBrowserAutofill: true })
      .catch(() => undefined)
      .finally(() => {
        clearTimeout(end)
        signal?.removeEventListener('abort', withdraw)
      })
    if (signal?.aborted) return undefined
    if (response !== undefined) {
      const outcome = await submitted(fresh, response).catch((error: unknown) => {
        if (!isExpired(error)) throw error
      })
      if (outcome !== undefined) return outcome
    } else if (!ended) return undefined
  }
}

function isExpired(error: unknown): boolean {
  return error instanceof PasskeyProblem && error.reason === 'challenge_expired'
}

/**
 * Makes a passkey and registers it (WebAuthn Level 3 §7.1). Call it from a click.
 *
 * @throws {@link PasskeyProblem}, which {@link explain} puts into words; its `fields` name what is wrong with the input
 *
 * @example
 * ```ts
 * const { redirectTo } = await register({ optionsFrom: '/passkeys/options', submitTo: '/passkeys' })
 * ```
 */
export async function register(ceremony: RegistrationCeremony): Promise<CeremonyOutcome> {
  assertPossible()
  const options = creationOptions(await postJson(ceremony.optionsFrom, ceremony.input ?? {}))
  const response = await prompt(options.timeout, () => startRegistration({ optionsJSON: options }))
  try {
    return { redirectTo: redirectOf(await postJson(ceremony.submitTo, { response })) }
  } catch (error) {
    // It exists by now, and the browser would go on offering it.
    if (error instanceof PasskeyProblem && notRegistered.has(error.reason) && options.rp.id !== undefined)
      await signalUnknownCredential(options.rp.id, response.id)
    throw error
  }
}

/** With these codes the server says that nobody has the new passkey. */
const notRegistered: ReadonlySet<string> = new Set([
  'already_in_use',
  'open_signup_disabled',
  'passkey_not_allowed',
  'passkey_rejected',
  'passkey_user_verification_required',
  'setup_already_completed',
  'token_invalid_or_expired',
])

async function submitted(
  { options, submitTo }: AuthenticationCeremony,
  response: Awaited<ReturnType<typeof startAuthentication>>,
): Promise<CeremonyOutcome> {
  spent.add(options.challenge)
  try {
    return { redirectTo: redirectOf(await postJson(submitTo, { response })) }
  } catch (error) {
    if (!(error instanceof PasskeyProblem)) throw error
    mustVerify = error.reason === 'passkey_user_verification_required'
    if (error.reason === 'passkey_unknown' && options.rpId !== undefined)
      await signalUnknownCredential(options.rpId, response.id)
    throw error
  }
}

function assertPossible(): void {
  if (!globalThis.isSecureContext) throw new PasskeyProblem('insecure_context', 'Passkeys need a secure context.')
  if (browserSupportsWebAuthn()) return
  const reason = isInAppBrowser(navigator.userAgent) ? 'in_app_browser' : 'unsupported'
  throw new PasskeyProblem(reason, 'This browser has no WebAuthn.')
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
    throw new PasskeyProblem(await failureContext(failure), 'The ceremony has failed in the browser.', { cause })
  }
}
