import type { MasterKey } from '../master-key.ts'
import { randomToken } from '../random.ts'

/**
 * The browser token to which a login code is bound. It contains a MAC of the requested e-mail address, so that failed
 * attempts are counted per address, whether or not the account exists.
 */
export function createCodeBrowserToken(masterKey: MasterKey, emailAddress: string): string {
  return `${randomToken()}${masterKey.mac('login code address', emailAddress.trim().toLowerCase())}`
}

/** Identical for all browsers that requested a code for the same e-mail address. A code is bound to the complete token. */
export function parseEmailKey(browserToken: string): string | undefined {
  return /^[\w-]{43}([\w-]{43})$/.exec(browserToken)?.[1]
}
