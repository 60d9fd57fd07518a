import type { ApiKeyScope } from './api-key-scope.ts'
import type { SessionRequirement } from './session-requirements.ts'

export interface Condition {
  /** When the condition applies; a sentence in the access documentation. */
  readonly text: string
  readonly session?: SessionRequirement
  readonly unlimitedKey?: true
  /** Whether API keys need the permission to read secrets. */
  readonly secrets?: true
  readonly scope?: ApiKeyScope
  /** Maximum age of the passkey proof for this request, in milliseconds. */
  readonly proof?: number
}

/** Requirements that depend on the content of a request. A handler applies one by name, and its row must list it. */
export const conditions = {
  administrator: {
    text: 'The user is an administrator, or becomes one.',
    session: 'recent',
    unlimitedKey: true,
  },
  'administrator-access': {
    text: 'The request makes an administrator or a link to an LDAP entry, changes the e-mail address of an administrator, or creates a login code or an invitation for one.',
    secrets: true,
  },
  'administrator-profile': {
    text: 'The name, the e-mail address or the picture of an administrator changes.',
    unlimitedKey: true,
  },
  'administrator-members': {
    text: 'An administrator joins or leaves the group, or gets an end date in it.',
    session: 'recent',
    unlimitedKey: true,
  },
  'administrator-group': {
    text: 'The group has a member who is an administrator.',
    session: 'recent',
  },
  'group-assignment': {
    text: 'The request assigns groups to a user, a sign-up token, a client or the sign-up defaults.',
    scope: 'write:groups',
  },
  'user-names': {
    text: 'The request contains `protocol.userNames`, the names of users at a client.',
    scope: 'read:users',
  },
  'own-email': {
    text: 'The caller’s own e-mail address changes.',
    session: 'recent',
  },
  'sign-in-settings': {
    text: 'A setting changes whose name begins with `smtp`, `ldap`, `emailOneTimeAccess` or `recovery`.',
    unlimitedKey: true,
    secrets: true,
  },
  'critical-settings': {
    text: 'A setting changes that decides who can sign up, or whose name begins with `smtp`, `ldap`, `emailOneTimeAccess` or `recovery`.',
    session: 'recent',
  },
  'ldap-import': {
    text: 'The job `sync-ldap` is requested.',
    session: 'recent',
  },
  'redirect-uris': {
    text: 'The redirect URIs of the client change, or the hosts of a protected site.',
    session: 'recent',
  },
  'device-approval': {
    text: 'Another device is approved: a passkey was used for this approval alone within the last minute.',
    proof: 60_000,
  },
  'known-account': {
    text: 'The link does not belong to a user who is waiting for approval: the caller must be signed in.',
  },
  recovery: {
    text: 'No recovery is in progress in this browser: it begins with a recovery code.',
  },
} as const satisfies Readonly<Record<string, Condition>>

export type ConditionName = keyof typeof conditions
