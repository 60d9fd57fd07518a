import type { MasterKey } from '../master-key.ts'
import { randomToken } from '../random.ts'

/**
 * What a browser holds to which a login code is bound. It says which address of e-mail was asked for, so that wrong codes
 * can be counted for whoever has it, in the same way whether or not somebody does.
 */
export function codeBrowserToken(masterKey: MasterKey, address: string): string {
  return `${randomToken()}${masterKey.mac('login code address', address.trim().toLowerCase())}`
}

/** The same for all browsers that asked for one address. A code is bound to the token as a whole, so that no other counts. */
export function addressKeyOf(browserToken: string): string | undefined {
  return /^[\w-]{43}([\w-]{43})$/.exec(browserToken)?.[1]
}
