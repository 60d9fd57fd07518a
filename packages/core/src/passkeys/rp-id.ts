import type { Issuer } from '../issuer.ts'
import type { Passkey } from './passkey.ts'

/**
 * Whether browsers offer a passkey at this issuer. One that is bound to another host name remains stored after the issuer has
 * changed, but signs in nowhere.
 */
export function isUsableAt({ hostname }: Pick<Issuer, 'hostname'>): (passkey: Pick<Passkey, 'rpId'>) => boolean {
  return ({ rpId }) => rpId === null || rpId === hostname
}
