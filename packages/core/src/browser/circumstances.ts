import { getBrowserCapabilities } from '@simplewebauthn/browser'
import type { CeremonyFailure } from './problem.ts'

/** The browsers inside of other applications, which show a page but keep no passkeys. */
const inApp =
  /\bFBA[NV]\b|\bInstagram\b|\bLine\/|\bMicroMessenger\b|\bSnapchat\b|\bLinkedInApp\b|musical_ly|TikTok|; wv\)/

export function isInAppBrowser(userAgent: string): boolean {
  return inApp.test(userAgent)
}

/** What a failure comes down to in this browser: it may be unable to use what the person has. */
export async function failureContext(failure: CeremonyFailure): Promise<CeremonyFailure> {
  if (failure === 'timed_out' || failure === 'already_registered') return failure
  if (isInAppBrowser(navigator.userAgent)) return 'in_app_browser'
  if (failure !== 'none_here') return failure
  const { hybridTransport } = await getBrowserCapabilities()
  return hybridTransport === 'unsupported' ? 'wrong_device' : failure
}
