/**
 * The passkey ceremonies of a page: the only code of this package that runs in the browser.
 *
 * ```ts
 * import { authenticate, explain } from '@pocket/core/browser'
 *
 * try {
 *   const { redirectTo } = await authenticate(ceremony)
 *   location.assign(redirectTo)
 * } catch (error) {
 *   show(sentences[explain(error).code])
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
import type { AuthenticationCeremony } from '../views/views.ts'
import { failureContext, isInAppBrowser } from './circumstances.ts'
import { failureOf } from './failure.ts'
import { PasskeyError } from './passkey-error.ts'
import { getJson, member, postJson, redirectOf } from './server.ts'
import { signalUnknownCredential } from './signals.ts'

export { type CeremonyErrorCode, ceremonyErrorCodes, type Explanation, explain, PasskeyError } from './passkey-error.ts'
export { type AccountSignals, signalAccount } from './signals.ts'

/** The URL to navigate to after a ceremony: an absolute `http` or `https` URL. */
export interface CeremonyOutcome {
  readonly redirectTo: string
}

/** The parameters of a registration ceremony (WebAuthn Level 3 §7.1). */
export interface RegistrationCeremony {
  /** The URL to which `input` is sent by `POST`; it returns `{ "options": PublicKeyCredentialCreationOptionsJSON }`. */
  readonly optionsFrom: string
  /** The data that the server needs to create the options, such as form fields. */
  readonly input?: Readonly<Record<string, unknown>> | undefined
  /** The URL to which `{ "response": RegistrationResponseJSON }` is sent by `POST`; it returns `{ "redirectTo": string }`. */
  readonly submitTo: string
}

/** Options of {@link autofill}. */
export interface AutofillOptions {
  /** Cancels the ceremony unless a passkey has already been selected. */
  readonly signal?: AbortSignal | undefined
}

/** Challenges that were sent to the server and may already be used. */
const spent = new Set<string>()

/** Whether the server has just rejected a passkey without user verification: the next ceremony requires it. */
let mustVerify = false

/**
 * Signs in with a passkey (WebAuthn Level 3 §7.2). Call it from a click handler: some browsers require user activation.
 * An expired or used challenge is replaced first. If the server rejects the challenge, for example after a key
 * rotation, it is replaced and the passkey is requested once more.
 *
 * @throws {@link PasskeyError}, which {@link explain} converts to a reason
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
 * Offers passkeys in an input with `autocomplete="username webauthn"` (conditional mediation, WebAuthn Level 3 §5.1.4)
 * until one is selected, `signal` is aborted or {@link authenticate} starts. Expired challenges are replaced. Call it
 * when the page has loaded; resolves to `undefined` if no passkey was used.
 *
 * @throws {@link PasskeyError} if the server rejects the selected passkey
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
  return error instanceof PasskeyError && error.code === 'challenge_expired'
}

/**
 * Creates a passkey and registers it (WebAuthn Level 3 §7.1). Call it from a click handler.
 *
 * @throws {@link PasskeyError}, which {@link explain} converts to a reason; its `fields` contain the input errors
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
    // The authenticator has stored the passkey, and the browser would keep offering it.
    if (error instanceof PasskeyError && notRegistered.has(error.code) && options.rp.id !== undefined)
      await signalUnknownCredential(options.rp.id, response.id)
    throw error
  }
}

/** Codes that mean that the server did not register the new passkey. */
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
    if (!(error instanceof PasskeyError)) throw error
    mustVerify = error.code === 'passkey_user_verification_required'
    if (error.code === 'passkey_unknown' && options.rpId !== undefined)
      await signalUnknownCredential(options.rpId, response.id)
    throw error
  }
}

function assertPossible(): void {
  if (!globalThis.isSecureContext) throw new PasskeyError('insecure_context', 'Passkeys need a secure context.')
  if (browserSupportsWebAuthn()) return
  const reason = isInAppBrowser(navigator.userAgent) ? 'in_app_browser' : 'unsupported'
  throw new PasskeyError(reason, 'This browser has no WebAuthn.')
}

/** Milliseconds. Replaces challenges a few seconds early, so that the response arrives in time. */
const margin = 5000

async function current(ceremony: AuthenticationCeremony): Promise<AuthenticationCeremony> {
  const fresh = ceremony.expiresAt - margin > Date.now() && !spent.has(ceremony.options.challenge)
  if (fresh) return ceremony
  const answer = await getJson(ceremony.refreshFrom)
  if (typeof member(member(answer, 'options'), 'challenge') !== 'string')
    throw new PasskeyError('unexpected', 'The server sent no fresh ceremony.')
  // The response comes from the same origin, and the browser validates the options.
  return answer as AuthenticationCeremony
}

function creationOptions(answer: unknown): PublicKeyCredentialCreationOptionsJSON {
  const options = member(answer, 'options')
  if (typeof member(options, 'challenge') !== 'string')
    throw new PasskeyError('unexpected', 'The server sent no options.')
  // As above: same origin, and validated by the browser.
  return options as PublicKeyCredentialCreationOptionsJSON
}

async function prompt<T>(timeout: number | undefined, ask: () => Promise<T>): Promise<T> {
  const began = performance.now()
  try {
    return await ask()
  } catch (cause) {
    const failure = failureOf(cause, timeout !== undefined && performance.now() - began >= timeout)
    throw new PasskeyError(await failureContext(failure), 'The ceremony has failed in the browser.', { cause })
  }
}
