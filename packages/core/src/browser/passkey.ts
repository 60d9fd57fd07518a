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
import { isInAppBrowser, refineErrorCode, toErrorCode } from './failure.ts'
import { PasskeyError } from './passkey-error.ts'
import { assertArgument, assertTexts, getJson, postJson, readProperty, readRedirect } from './server.ts'
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
const usedChallenges = new Set<string>()

/** Whether the server has just rejected a passkey without user verification: the next ceremony requires it. */
let requiresVerification = false

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
  assertTexts(ceremony, 'refreshFrom', 'submitTo')
  assertSupported()
  return runCeremony(ceremony).catch((error: unknown) => {
    if (isExpired(error)) return runCeremony(ceremony)
    throw error
  })
}

async function runCeremony(ceremony: AuthenticationCeremony): Promise<CeremonyOutcome> {
  const currentCeremony = await refreshIfNeeded(ceremony)
  const options = requiresVerification
    ? { ...currentCeremony.options, userVerification: 'required' as const }
    : currentCeremony.options
  return submitResponse(
    currentCeremony,
    await prompt(options.timeout, () => startAuthentication({ optionsJSON: options })),
  )
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
  options?: AutofillOptions,
): Promise<CeremonyOutcome | undefined> {
  assertTexts(ceremony, 'refreshFrom', 'submitTo')
  const { signal } = options ?? {}
  assertArgument(!signal || signal instanceof AbortSignal, 'signal', 'AbortSignal')
  if (!globalThis.isSecureContext || !(await browserSupportsWebAuthnAutofill())) return undefined
  for (;;) {
    const currentCeremony = await refreshIfNeeded(ceremony).catch(() => undefined)
    if (currentCeremony === undefined || signal?.aborted) return undefined
    let hasTimedOut = false
    const cancelCeremony = () => WebAuthnAbortService.cancelCeremony()
    signal?.addEventListener('abort', cancelCeremony)
    const expiryTimer = setTimeout(
      () => {
        hasTimedOut = true
        WebAuthnAbortService.cancelCeremony()
      },
      Math.max(currentCeremony.expiresAt - expiryMargin - Date.now(), expiryMargin),
    )
    const response = await startAuthentication({ optionsJSON: currentCeremony.options, useBrowserAutofill: true })
      .catch(() => undefined)
      .finally(() => {
        clearTimeout(expiryTimer)
        signal?.removeEventListener('abort', cancelCeremony)
      })
    if (signal?.aborted) return undefined
    if (response !== undefined) {
      const outcome = await submitResponse(currentCeremony, response).catch((error: unknown) => {
        if (!isExpired(error)) throw error
      })
      if (outcome !== undefined) return outcome
    } else if (!hasTimedOut) return undefined
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
  assertTexts(ceremony, 'optionsFrom', 'submitTo')
  assertSupported()
  const { options } = withOptions<NewCredential>(await postJson(ceremony.optionsFrom, ceremony.input ?? {}))
  const response = await prompt(options.timeout, () => startRegistration({ optionsJSON: options }))
  try {
    return { redirectTo: readRedirect(await postJson(ceremony.submitTo, { response })) }
  } catch (error) {
    // The authenticator has stored the passkey, and the browser would keep offering it.
    if (error instanceof PasskeyError && rejectionCodes.has(error.code) && options.rp.id !== undefined)
      await signalUnknownCredential(options.rp.id, response.id)
    throw error
  }
}

/** Options of {@link signIn} and {@link addPasskey}. */
export interface LoginOptions {
  /** The same-origin path to navigate to. By default `/`. */
  readonly to?: string | undefined
  /** The path of core's login pages: the path of the issuer and the option `pages.loginPath`. By default `/login`. */
  readonly loginPath?: string | undefined
}

/**
 * Signs in with a passkey at core's login pages, and continues at `to`. Call it from a click handler.
 *
 * @throws {@link PasskeyError}, which {@link explain} converts to a reason
 *
 * @example
 * ```ts
 * button.onclick = () => signIn({ to: '/account' })
 * ```
 */
export async function signIn(options?: LoginOptions): Promise<void> {
  const { to, loginPath } = readOptions(options)
  const ceremony = await fetchCeremony(`${loginPath}/ceremony?redirect=${encodeURIComponent(to)}`)
  location.assign((await authenticate(ceremony)).redirectTo)
}

/**
 * Creates a passkey for the signed-in user, and continues at `to`. If a passkey must be used again first, continues at core's
 * page, which asks for it. Call it from a click handler.
 *
 * @throws {@link PasskeyError}, which {@link explain} converts to a reason
 *
 * @example
 * ```ts
 * button.onclick = () => addPasskey({ to: '/account' })
 * ```
 */
export async function addPasskey(options?: LoginOptions): Promise<void> {
  const { to, loginPath } = readOptions(options)
  const page = `${loginPath}/passkey`
  const query = `?redirect=${encodeURIComponent(to)}`
  const outcome = await register({ optionsFrom: `${page}/options`, submitTo: `${page}/answer${query}` }).catch(
    (error: unknown) => {
      if (error instanceof PasskeyError && error.code === 'reauthentication_required')
        return { redirectTo: page + query }
      throw error
    },
  )
  location.assign(outcome.redirectTo)
}

function readOptions(options?: LoginOptions) {
  assertArgument(!options || typeof options === 'object', 'options', 'object')
  const { to = '/', loginPath = '/login' } = options ?? {}
  assertTexts({ to, loginPath }, 'to', 'loginPath')
  return { to, loginPath }
}

/** Codes that mean that the server did not register the new passkey. */
const rejectionCodes: ReadonlySet<string> = new Set([
  'already_in_use',
  'open_signup_disabled',
  'passkey_not_allowed',
  'passkey_rejected',
  'passkey_user_verification_required',
  'setup_already_completed',
  'token_invalid_or_expired',
])

async function submitResponse(
  { options, submitTo }: AuthenticationCeremony,
  response: Awaited<ReturnType<typeof startAuthentication>>,
): Promise<CeremonyOutcome> {
  usedChallenges.add(options.challenge)
  try {
    return { redirectTo: readRedirect(await postJson(submitTo, { response })) }
  } catch (error) {
    if (!(error instanceof PasskeyError)) throw error
    requiresVerification = error.code === 'passkey_user_verification_required'
    if (error.code === 'passkey_unknown' && options.rpId !== undefined)
      await signalUnknownCredential(options.rpId, response.id)
    throw error
  }
}

function assertSupported(): void {
  if (!globalThis.isSecureContext) throw new PasskeyError('insecure_context', 'Passkeys need a secure context.')
  if (!navigator.cookieEnabled) throw new PasskeyError('cookies_blocked', 'The browser blocks cookies.')
  if (browserSupportsWebAuthn()) return
  const reason = isInAppBrowser(navigator.userAgent) ? 'in_app_browser' : 'unsupported'
  throw new PasskeyError(reason, 'This browser does not support WebAuthn.')
}

/** Milliseconds. Replaces challenges a few seconds early, so that the response arrives in time. */
const expiryMargin = 5000

async function refreshIfNeeded(ceremony: AuthenticationCeremony): Promise<AuthenticationCeremony> {
  const isUsable =
    ceremony.options &&
    ceremony.expiresAt - expiryMargin > Date.now() &&
    !usedChallenges.has(ceremony.options.challenge)
  if (isUsable) return ceremony
  return fetchCeremony(ceremony.refreshFrom)
}

async function fetchCeremony(url: string): Promise<AuthenticationCeremony> {
  return withOptions(await getJson(url))
}

interface NewCredential {
  readonly options: PublicKeyCredentialCreationOptionsJSON
}

function withOptions<Ceremony extends AuthenticationCeremony | NewCredential>(body: unknown): Ceremony {
  if (typeof readProperty(readProperty(body, 'options'), 'challenge') !== 'string')
    throw new PasskeyError('unexpected', 'The server sent no options.')
  // The response comes from the same origin, and the browser validates the options.
  return body as Ceremony
}

async function prompt<T>(timeout: number | undefined, startCeremony: () => Promise<T>): Promise<T> {
  const startedAt = performance.now()
  try {
    return await startCeremony()
  } catch (cause) {
    const errorCode = toErrorCode(cause, timeout !== undefined && performance.now() - startedAt >= timeout)
    throw new PasskeyError(await refineErrorCode(errorCode), 'The ceremony failed in the browser.', { cause })
  }
}
