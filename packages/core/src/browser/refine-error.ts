import type { CeremonyErrorCode } from './passkey-error.ts'

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
