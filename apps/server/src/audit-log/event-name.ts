import type { AuditEvent } from '@pocket/core'

const signInNames: Readonly<Record<string, string>> = {
  code: 'TOKEN_SIGN_IN',
  device: 'REMOTE_SIGN_IN',
  recovery: 'RECOVERY_SIGN_IN',
}

function isSignUp({ method }: { readonly method: string }): boolean {
  return method === 'open_signup' || method === 'signup_token'
}

/** The event name in the audit log: the name in Pocket ID, or our own name in upper case. */
export function eventName(event: AuditEvent): string {
  switch (event.event) {
    case 'signed_in':
      return signInNames[event.method] ?? 'SIGN_IN'
    case 'consent_given':
      return 'NEW_CLIENT_AUTHORIZATION'
    case 'client_authorized':
      return event.isFirst ? 'NEW_CLIENT_AUTHORIZATION' : 'CLIENT_AUTHORIZATION'
    case 'account_created':
      return isSignUp(event) ? 'ACCOUNT_CREATED' : 'USER_CREATED'
    case 'device_authorized':
      return 'NEW_DEVICE_CODE_AUTHORIZATION'
    case 'device_authorized_again':
      return 'DEVICE_CODE_AUTHORIZATION'
    default:
      return event.event.toUpperCase()
  }
}
