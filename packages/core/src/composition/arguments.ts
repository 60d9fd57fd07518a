import { accessTokenFormats } from '../apis/api.ts'
import {
  type Argument,
  abortSignal,
  boolean,
  callable,
  checked,
  guarded,
  integer,
  invalidArgument,
  list,
  nullable,
  number,
  object,
  oneOf,
  optional,
  record,
  request,
  response,
  storableText,
  text,
} from '../arguments.ts'
import { signInMethods } from '../audit/sign-in-method.ts'
import { registrationPurposes } from '../interactions/registration.ts'
import { limitPolicies } from '../limits/policies.ts'
import type { Passkey } from '../passkeys/passkey.ts'
import { passkeyFilters } from '../passkeys/passkey-store.ts'
import { authenticatorHints } from '../passkeys/registration.ts'
import type { Pocket } from '../pocket.ts'
import { sessionCredentialKinds } from '../sessions/session-history.ts'

const exchange = [request, response]
const accountId: Argument<string> = (value) => {
  if (typeof value === 'bigint' || Number.isSafeInteger(value)) return String(value)
  if (typeof value === 'string' && value !== '') return value
  throw invalidArgument('accountId', 'must be a non-empty string, a safe integer or a bigint')
}
/** IDs that PostgreSQL compares as JSON, which refuses other text. */
const idList = (name: string) => list(name, storableText(`each of ${name}`))
const anything: Argument = (value) => value
const limit = [request, oneOf('name', Object.keys(limitPolicies)), optional(text('subject'))]
const recoveryKind = oneOf('kind', ['recovery', 'break_glass', 'delayed'])
const purpose = oneOf('purpose', registrationPurposes)
const origin = object('origin', {
  sessionUid: optional(nullable(text('sessionUid'))),
  apiKeyId: optional(nullable(text('apiKeyId'))),
})
const actor = { origin: optional(origin), by: optional(text('by')) }
const positive = (name: string) => integer(name, 'must be a positive whole number', { min: 1 })
const maxCount = positive('limit')
const permissionIds = {
  userDelegatedPermissionIds: list('userDelegatedPermissionIds'),
  clientPermissionIds: list('clientPermissionIds'),
}
const page = {
  page: positive('page'),
  limit: maxCount,
  sort: nullable(object('sort', { by: text('by'), descending: boolean('descending') })),
  search: text('search'),
}
const clientScope = object('scope', {
  of: oneOf('of', ['everybody', 'usable', 'consented', 'granted', 'ungranted']),
  accountId: optional(accountId),
  groupIds: optional(list('groupIds')),
  apiId: optional(text('apiId')),
})
const secret = optional(object('input', { secret: optional(text('secret')), expiresAt: optional(number('expiresAt')) }))
const passkey = {
  id: text('id'),
  accountId,
  credentialId: text('credentialId'),
  rpId: nullable(text('rpId')),
  publicKey: text('publicKey'),
  counter: number('counter'),
  transports: list('transports'),
  aaguid: text('aaguid'),
  deviceType: oneOf('deviceType', ['singleDevice', 'multiDevice']),
  backedUp: boolean('backedUp'),
  userVerified: nullable(boolean('userVerified')),
  attachment: nullable(text('attachment')),
  attestation: nullable(text('attestation')),
  attestedAt: nullable(number('attestedAt')),
  device: nullable(text('device')),
  counterRegressedAt: nullable(number('counterRegressedAt')),
  name: text('name'),
  createdAt: number('createdAt'),
  lastUsedAt: nullable(number('lastUsedAt')),
} satisfies Record<keyof Passkey, Argument>
const recoveryOptions = object('options', {
  ...actor,
  kind: recoveryKind,
  count: optional(integer('count', 'must be an integer from 0 to 1000', { min: 0, max: 1000 })),
  lifetime: optional(integer('lifetime', 'must be a positive integer of milliseconds', { min: 1 })),
})

/**
 * Checks the arguments of all methods, for hosts without type checking. Converts account IDs: such hosts pass the numeric IDs of
 * their database, which the stores would compare with text and never find.
 */
export function withCheckedArguments(pocket: Pocket): Pocket {
  return {
    ...guarded(pocket, {
      recordCredential: [
        origin,
        object('credential', {
          kind: oneOf('kind', sessionCredentialKinds),
          subject: text('subject'),
          label: nullable(text('label')),
        }),
      ],
      lockAccountOf: [origin],
      serveDocument: exchange,
      testSiteRequest: [text('clientId'), object('request', { url: text('url'), accountId: nullable(accountId) })],
      interactionClient: [text('path'), optional(object('exchange', { req: request, res: response }))],
      signOut: exchange,
      issueLoginCode: [
        object('account', { id: accountId }),
        anything,
        optional(object('options', { ...actor, browserToken: optional(text('browserToken')) })),
      ],
      mailLoginCode: [...exchange, text('login')],
      endAccess: [accountId],
      endAccessByGroups: [accountId, idList('groupIds')],
      endAccessWithoutSecondPasskey: [text('groupId')],
      forgetAccount: [accountId],
      withdrawConsent: [accountId, text('clientId')],
      previewTokens: [text('clientId'), accountId, text('scope')],
      testClient: [text('clientId'), accountId],
      rotateKeys: [],
      verifyKeys: [],
      replaceKeys: [list('kids'), optional(object('options', actor))],
      signingKeys: [],
      removeExpired: [maxCount],
      refreshMetadataDocument: [text('clientId'), request],
      removeUnusedClients: [integer('unusedFor', 'must be an integer of milliseconds', { min: 0 }), maxCount],
      refreshAuthenticatorMetadata: [],
      sendLogoutNotices: [optional(abortSignal)],
    }),
    originOf: checked(pocket.originOf, [request]),
    bindBrowser: checked(pocket.bindBrowser, [...exchange, text('address')]),
    clients: guarded(pocket.clients, {
      find: [text('id')],
      findForUpdate: [text('id')],
      list: [],
      page: [
        object('request', {
          ...page,
          scope: clientScope,
          filters: record('filters', list('each of filters', anything)),
          onlyIds: optional(idList('onlyIds')),
        }),
      ],
      create: [],
      update: [text('id')],
      addRedirectUri: [text('id'), text('uri')],
      remove: [text('id')],
      rename: [text('id'), text('newId')],
      addSecret: [text('id'), secret],
      replaceSecrets: [text('id'), secret],
      removeSecret: [text('id'), text('secretId')],
      secretUses: [text('id')],
      setAllowedGroups: [text('id'), idList('groupIds')],
      allowedTo: [text('groupId')],
      setAllowedTo: [text('groupId'), idList('clientIds')],
    }),
    initialAccessTokens: guarded(pocket.initialAccessTokens, {
      issue: [object('input')],
      list: [],
      remove: [text('id')],
      find: [text('token')],
      use: [object('token', { tokenHash: text('tokenHash') })],
    }),
    apis: guarded(pocket.apis, {
      grant: [text('apiId'), text('clientId')],
      grantsOf: [text('apiId')],
      grantsTo: [text('clientId')],
      setGrant: [
        text('apiId'),
        text('clientId'),
        object('access', {
          userDelegatedAccess: boolean('userDelegatedAccess'),
          clientAccess: boolean('clientAccess'),
          ...permissionIds,
        }),
      ],
      setPermissionsOfClient: [text('clientId'), object('permissions', permissionIds)],
      removeGrant: [text('apiId'), text('clientId')],
      find: [text('id')],
      findForUpdate: [text('id')],
      findByResource: [text('resource')],
      list: [],
      page: [
        object('request', {
          ...page,
          notGrantedTo: nullable(text('notGrantedTo')),
          accessTokenFormat: nullable(oneOf('accessTokenFormat', accessTokenFormats)),
        }),
      ],
      create: [],
      update: [text('id')],
      setResource: [text('id')],
      remove: [text('id')],
      setPermissions: [text('id')],
      setCimdAccess: [
        text('id'),
        object('access', { enabled: boolean('enabled'), permissionIds: list('permissionIds') }),
      ],
    }),
    connectionLog: guarded(pocket.connectionLog, { list: [text('clientId')], latest: [list('clientIds')] }),
    accounts: guarded(pocket.accounts, {
      find: [accountId],
      findByLogin: [text('login')],
      register: [object('account')],
      list: [object('request', { after: text('after'), limit: maxCount })],
    }),
    passkeys: guarded(pocket.passkeys, {
      list: [accountId],
      page: [text('after'), maxCount],
      summarize: [list('accountIds', accountId)],
      overview: [],
      accountIds: [optional(oneOf('filter', passkeyFilters))],
      countUsable: [accountId],
      rename: [accountId, text('id'), text('name'), optional(object('actor', actor))],
      remove: [accountId, text('id'), optional(object('actor', actor))],
      removeAsAdministrator: [accountId, text('id'), optional(object('actor', actor))],
    }),
    passkeyRemovals: guarded(pocket.passkeyRemovals, {
      list: [accountId, optional(object('actor', actor))],
      find: [accountId, text('passkeyId'), optional(object('actor', actor))],
      lock: [accountId, text('passkeyId')],
      withdrawLoginCode: [text('passkeyId'), text('codeId'), optional(object('actor', actor))],
    }),
    sessions: guarded(pocket.sessions, {
      list: [accountId],
      end: [accountId, text('uid')],
      endOthers: [accountId, nullable(text('uid'))],
    }),
    recovery: {
      ...guarded(pocket.recovery, {
        replaceCodes: [accountId, recoveryOptions],
        removeCodes: [accountId, object('options', { ...actor, kind: recoveryKind })],
        countCodes: [accountId, recoveryKind],
        begin: [...exchange, text('code'), callable('check')],
        current: exchange,
        options: exchange,
        finish: exchange,
      }),
      isCode: checked(pocket.recovery.isCode, [text('input')]),
    },
    registration: guarded(pocket.registration, {
      options: [
        ...exchange,
        object('start', {
          subject: object('subject', { accountId, userName: text('userName'), displayName: text('displayName') }),
          purpose,
          hint: optional(oneOf('hint', authenticatorHints)),
        }),
      ],
      verify: [...exchange, object('end', { purpose, accountId: optional(accountId) })],
      store: [object('registration', { passkey: object('passkey', passkey), challenge: text('challenge') })],
      add: [...exchange, object('end', { purpose, accountId })],
    }),
    signIn: guarded(pocket.signIn, {
      request: exchange,
      identify: [...exchange, anything, callable('signIn')],
      withPasskey: exchange,
      confirm: [...exchange, object('input', { accountId })],
      withCode: [...exchange, text('code')],
      vouchFor: [...exchange, accountId],
      asNewAccount: [...exchange, object('signIn', { accountId, method: oneOf('method', signInMethods) })],
    }),
    signUp: guarded(pocket.signUp, { begin: [...exchange, object('account')], finish: exchange }),
    reauthentication: guarded(pocket.reauthentication, {
      withPasskey: exchange,
      withFreshSession: exchange,
      assertFresh: [...exchange, optional(number('maxAge'))],
      assertCanAddPasskey: exchange,
      isBootstrap: exchange,
      demand: [...exchange, optional(number('maxAge'))],
    }),
    deviceLogins: {
      ...guarded(pocket.deviceLogins, {
        request: [request],
        redeem: [...exchange, object('end', { id: text('id'), token: text('token') })],
        find: [text('code')],
        decide: [
          request,
          object('decision', {
            code: text('code'),
            accountId,
            status: oneOf('status', ['approved', 'denied']),
          }),
        ],
      }),
      userCodeOf: checked(pocket.deviceLogins.userCodeOf, [text('token')]),
    },
    deviceAuthorizations: guarded(pocket.deviceAuthorizations, {
      find: [...exchange, text('code')],
      approve: [...exchange, object('input', { code: text('code') })],
      deny: [...exchange, text('code')],
    }),
    limits: guarded(pocket.limits, {
      consume: limit,
      refund: limit,
      recordFailure: limit,
      assertNotBlocked: limit,
    }),
  }
}
