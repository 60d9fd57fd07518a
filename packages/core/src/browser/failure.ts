import { WebAuthnError } from '@simplewebauthn/browser'
import type { CeremonyErrorCode } from './passkey-error.ts'

const codesByLibraryCode: Readonly<Record<string, CeremonyErrorCode>> = {
  ERROR_AUTHENTICATOR_MISSING_DISCOVERABLE_CREDENTIAL_SUPPORT: 'authenticator_unsuitable',
  ERROR_AUTHENTICATOR_MISSING_USER_VERIFICATION_SUPPORT: 'authenticator_unsuitable',
  ERROR_AUTHENTICATOR_NO_SUPPORTED_PUBKEYCREDPARAMS_ALG: 'authenticator_unsuitable',
  ERROR_AUTHENTICATOR_PREVIOUSLY_REGISTERED: 'already_registered',
  ERROR_CEREMONY_ABORTED: 'canceled',
  ERROR_INVALID_DOMAIN: 'wrong_address',
  ERROR_INVALID_RP_ID: 'wrong_address',
}

/**
 * Why `navigator.credentials` rejected. Browsers deliberately hide most reasons (WebAuthn Level 3 §14.5.1):
 * `NotAllowedError` means a cancellation, no matching passkey or a timeout, so the elapsed time and a few known
 * messages decide.
 */
export function toErrorCode(error: unknown, hasTimedOut: boolean): CeremonyErrorCode {
  const code = error instanceof WebAuthnError ? codesByLibraryCode[error.code] : undefined
  if (code !== undefined) return code
  const cause = error instanceof WebAuthnError ? error.cause : error
  if (!(cause instanceof Error)) return 'unexpected'
  switch (cause.name) {
    case 'NotAllowedError':
      if (hasTimedOut) return 'timed_out'
      return /no (available|matching|known|discoverable|passkey|credential)/i.test(cause.message)
        ? 'none_here'
        : 'canceled'
    case 'InvalidStateError':
      return 'none_here'
    case 'SecurityError':
      return 'wrong_address'
    case 'TimeoutError':
      return 'timed_out'
    case 'AbortError':
      return 'canceled'
    case 'NotSupportedError':
    case 'ConstraintError':
      return 'authenticator_unsuitable'
    default:
      return 'unexpected'
  }
}

/** In-app browsers, which do not store passkeys. */
const inAppPattern =
  /\bFBA[NV]\b|\bInstagram\b|\bLine\/|\bMicroMessenger\b|\bSnapchat\b|\bLinkedInApp\b|musical_ly|TikTok|; wv\)/

export function isInAppBrowser(userAgent: string): boolean {
  return inAppPattern.test(userAgent)
}

/** Refines the reason of a failure by the capabilities of this browser. */
export async function refineErrorCode(code: CeremonyErrorCode): Promise<CeremonyErrorCode> {
  if (code === 'timed_out' || code === 'already_registered') return code
  if (isInAppBrowser(navigator.userAgent)) return 'in_app_browser'
  if (code !== 'none_here') return code
  // `undefined` in browsers without the method or the capability (WebAuthn Level 3 §5.1.7).
  const capabilities = await PublicKeyCredential.getClientCapabilities?.()
  return capabilities?.hybridTransport === false ? 'wrong_device' : code
}
