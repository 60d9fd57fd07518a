import { getBrowserCapabilities } from '@simplewebauthn/browser'
import type { CeremonyErrorCode } from './passkey-error.ts'

/** In-app browsers, which do not store passkeys. */
const inApp =
  /\bFBA[NV]\b|\bInstagram\b|\bLine\/|\bMicroMessenger\b|\bSnapchat\b|\bLinkedInApp\b|musical_ly|TikTok|; wv\)/

export function isInAppBrowser(userAgent: string): boolean {
  return inApp.test(userAgent)
}

/** Refines the reason of a failure by the capabilities of this browser. */
export async function failureContext(failure: CeremonyErrorCode): Promise<CeremonyErrorCode> {
  if (failure === 'timed_out' || failure === 'already_registered') return failure
  if (isInAppBrowser(navigator.userAgent)) return 'in_app_browser'
  if (failure !== 'none_here') return failure
  const { hybridTransport } = await getBrowserCapabilities()
  return hybridTransport === 'unsupported' ? 'wrong_device' : failure
}
