import { LdapError, type LdapErrorCode } from './ldap-error.ts'
import type { ResultResponse } from './protocol/response.ts'

export const sizeLimitExceeded = 4
export const authMethodNotSupported = 7

/** RFC 4511 appendix A. */
const resultCodes: Readonly<Record<number, LdapErrorCode>> = {
  3: 'ldap_time_limit_exceeded',
  4: 'ldap_size_limit_exceeded',
  8: 'ldap_encryption_required',
  10: 'ldap_referral',
  11: 'ldap_size_limit_exceeded',
  13: 'ldap_encryption_required',
  18: 'ldap_filter_invalid',
  32: 'ldap_base_not_found',
  34: 'ldap_base_invalid',
  50: 'ldap_access_denied',
  51: 'ldap_unavailable',
  52: 'ldap_unavailable',
}

/** @throws LdapError if the bind failed. */
export function assertBindSucceeded(result: ResultResponse): void {
  if (result.resultCode === 0) return
  const code = resultCodes[result.resultCode]
  const isSpecific = code === 'ldap_encryption_required' || code === 'ldap_unavailable' || code === 'ldap_referral'
  throw resultError(isSpecific ? code : 'ldap_bind_refused', 'bind', result)
}

/** @throws LdapError if a search ended with a result other than success or one of these. */
export function assertSearchSucceeded(result: ResultResponse | undefined, allowed: readonly number[]): void {
  if (result === undefined) throw new LdapError('ldap_not_ldap')
  if (result.resultCode === 0 || allowed.includes(result.resultCode)) return
  // Active Directory has a specific response for anonymous clients, which may not search.
  const isAnonymousClient = result.resultCode === 1 && result.diagnosticMessage.startsWith('000004DC')
  throw resultError(
    isAnonymousClient ? 'ldap_access_denied' : (resultCodes[result.resultCode] ?? 'ldap_refused'),
    'search',
    result,
  )
}

function resultError(code: LdapErrorCode, step: string, result: ResultResponse): LdapError {
  const [referral] = result.referrals
  return new LdapError(code, {
    step,
    resultCode: String(result.resultCode),
    ...(result.diagnosticMessage !== '' && { diagnosticMessage: result.diagnosticMessage }),
    ...(referral !== undefined && { referral }),
  })
}
