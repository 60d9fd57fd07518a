import { eligibleAccount } from '../accounts/eligibility.ts'
import type { RequestOrigin } from '../audit/audit-sink.ts'
import type { SignInMethod } from '../audit/sign-in-method.ts'
import type { CoreContext } from '../context.ts'
import { ForbiddenError, InvalidInputError, NotAuthenticatedError } from '../errors.ts'
import type { Passkey } from '../passkeys/passkey.ts'
import { isRecent } from './freshness.ts'
import { getPasskeyExceptions, passkeyExceptionLifetime } from './passkey-exceptions.ts'
import type { Session } from './session.ts'
import { lastPasskeyUsed } from './session-closure.ts'
import type { SessionLink, SessionLinkKind } from './session-history-store.ts'

/** A sign-in and its method. */
export interface SignIn {
  readonly accountId: string
  readonly method: SignInMethod
  /** The passkey used. Not needed for an account created together with one. */
  readonly passkeyId?: string | undefined
  /** The `uid` of the session in which this device was approved. */
  readonly approvingSessionUid?: string | null | undefined
  /** The hash of the login code used. */
  readonly codeHash?: string | undefined
  /** Whether a program created the login code. */
  readonly isCodeByProgram?: boolean | undefined
  /** The methods that the host has checked, if it vouches for the user. */
  readonly amr?: readonly string[] | undefined
}

/** Identifies a session. */
export type SessionName = Pick<Session, 'accountId' | 'uid'>

/** A credential created, or a device approved, in a session. */
export interface SessionCredential {
  readonly kind: (typeof sessionCredentialKinds)[number]
  readonly subject: string
  readonly label: string | null
}

export const sessionCredentialKinds = [
  'api_key',
  'client_secret',
  'login_code',
  'device_approved',
] as const satisfies readonly SessionLinkKind[]

/** Milliseconds. */
export const reviewInterval = 7 * 86_400_000

/** The label of `code_used` for a login code that a program created. */
const byProgram = 'program'

/** Kinds that are removed with the session; all others must remain available. */
const temporaryKinds: ReadonlySet<SessionLinkKind> = new Set(['passkey_used', 'code_used'])

/** Records the credentials that were used and created in each session, and derives permissions from them. */
export function createSessionHistory(
  { stores, clock }: CoreContext,
  /** Whether any artifact issued to clients in the session is stored. */
  hasArtifacts: (session: SessionName) => Promise<boolean>,
) {
  const { sessionHistory: store, passkeys, artifacts, accounts, transaction } = stores

  /** Whether the session of this `uid` is stored and has not expired. */
  const isAlive = async (uid: string) => {
    const found = await artifacts.findByUid('Session', uid)
    return found !== undefined && (found.expiresAt ?? Number.POSITIVE_INFINITY) > clock.now()
  }

  const wasEnded = async (uid: string) => ((await store.findOrigin(uid))?.endedBy ?? null) !== null

  const assertAlive = async (uid: string) => {
    if ((await wasEnded(uid)) || !(await isAlive(uid))) throw sessionEndedError()
  }

  const saveLink = (session: SessionName, kind: SessionLinkKind, subject: string, label: string | null = null) =>
    store.saveLink({ sessionUid: session.uid, accountId: session.accountId, kind, subject, label, at: clock.now() })

  /** The session of a request; of an API key, the session in which it was created. */
  const originOf = async ({ sessionUid, apiKeyId }: Pick<RequestOrigin, 'sessionUid' | 'apiKeyId'>) => {
    const [keyLink] = apiKeyId == null ? [] : await store.linksTo('api_key', apiKeyId)
    const uid = sessionUid ?? keyLink?.sessionUid
    return uid === undefined ? undefined : store.findOrigin(uid)
  }

  const listPasskeyUses = async ({ uid }: SessionName): Promise<readonly SessionLink[]> =>
    (await store.linksIn(uid)).filter(({ kind }) => kind === 'passkey_used')

  const findPasskeys = async ({ accountId, method, passkeyId }: SignIn): Promise<readonly Passkey[]> => {
    const existing = await passkeys.listByAccount(accountId)
    if (passkeyId === undefined) return method === 'setup' || method === 'sign_up' ? existing : []
    const found = existing.filter(({ id }) => id === passkeyId)
    if (found.length === 0) throw new InvalidInputError('passkey_unknown', 'The passkey has been removed.')
    return found
  }

  const assertStillValid = async (
    uid: string | undefined,
    { approvingSessionUid, codeHash }: SignIn,
  ): Promise<void> => {
    if (uid !== undefined && (await wasEnded(uid))) throw sessionEndedError()
    if (approvingSessionUid != null && (await wasEnded(approvingSessionUid)))
      throw new NotAuthenticatedError('device_login_expired', 'The session that approved this device was ended.')
    const withdrawn = codeHash === undefined ? [] : await store.linksTo('code_withdrawn', codeHash)
    if (withdrawn.length > 0) throw new InvalidInputError('code_invalid', 'The code was withdrawn.')
  }

  const assertException = async (
    { uid, accountId }: SessionName,
    action: keyof ReturnType<typeof getPasskeyExceptions>,
  ): Promise<void> => {
    const origin = await store.findOrigin(uid)
    const removals = await store.countRemovals(accountId)
    const isException = origin && getPasskeyExceptions(origin, { removals, now: clock.now() })[action]
    const hasPasskey = (await passkeys.listByAccount(accountId)).length > 0
    // A password that was guessed or phished must not add a passkey to an account that is protected by one.
    if (isException && !(hasPasskey && origin.method === 'vouched')) return
    if (hasPasskey)
      throw new NotAuthenticatedError(
        'reauthentication_required',
        'This requires recent authentication with a passkey.',
      )
    throw action === 'addPasskey'
      ? new ForbiddenError(
          'sign_in_again',
          'The session is too old or its sign-in method does not permit adding a passkey.',
        )
      : new ForbiddenError('passkey_required', 'This requires a passkey, but the account has none.')
  }

  return {
    /** Whether the removal of a passkey ended the session. */
    wasEnded,
    /** @throws {NotAuthenticatedError} `not_signed_in` if the session has ended; call it after locking its account */
    assertAlive,
    /**
     * Asserts that a session in which no passkey was used may perform this action without one.
     *
     * @throws {NotAuthenticatedError} `reauthentication_required` if the account has a passkey
     * @throws {ForbiddenError} `sign_in_again` for adding a passkey, `passkey_required` for all other actions
     */
    assertException,

    /**
     * Saves a new session, or a new sign-in in an existing one, together with its history.
     *
     * @throws {Forbidden} `account_not_found` or `account_disabled`, even if that happened since the sign-in was verified
     * @throws {InvalidInputError} `passkey_unknown` if the passkey has since been removed, `code_invalid` if the code was revoked
     * @throws {NotAuthenticatedError} `device_login_expired` if a passkey removal ended the approving session, `not_signed_in` if it
     * ended this one
     */
    start: (
      uid: string,
      signIn: SignIn,
      save: () => Promise<unknown>,
      {
        isNew,
        browser,
      }: {
        /** Whether the session was never stored. */
        readonly isNew: boolean
        readonly browser: string | null
      },
    ): Promise<void> =>
      transaction(async () => {
        const { accountId, method, approvingSessionUid, codeHash, isCodeByProgram } = signIn
        const session = { uid, accountId }
        const removals = await store.lockAccount(accountId)
        // With the lock, an account is disabled before, or its new session ends too.
        await eligibleAccount(accounts, accountId)
        await assertStillValid(isNew ? undefined : uid, signIn)
        const usedPasskeys = await findPasskeys(signIn)
        await save()
        const startedAt = clock.now()
        const reviewAt = startedAt + reviewInterval
        await store.saveOrigin({ uid, accountId, method, startedAt, removals, endedBy: null, reviewAt, browser })
        for (const { id, name } of usedPasskeys) await saveLink(session, 'passkey_used', id, name)
        if (codeHash !== undefined) await saveLink(session, 'code_used', codeHash, isCodeByProgram ? byProgram : null)
        if (approvingSessionUid != null)
          await saveLink({ uid: approvingSessionUid, accountId }, 'session_approved', uid)
      }),

    /**
     * Stores a passkey registered in a session.
     *
     * @throws {NotAuthenticatedError} `not_signed_in` if the session has since ended, or as `assertException`
     */
    register: (session: SessionName, passkey: Passkey, storePasskey: () => Promise<void>): Promise<void> =>
      transaction(async () => {
        await store.lockAccount(session.accountId)
        await assertAlive(session.uid)
        const isFirst = (await listPasskeyUses(session)).length === 0
        if (isFirst) await assertException(session, 'addPasskey')
        await storePasskey()
        await saveLink(session, 'passkey_registered', passkey.id, passkey.name)
        // The session now depends on this passkey.
        if (isFirst) await saveLink(session, 'passkey_used', passkey.id, passkey.name)
      }),

    /**
     * Locks the account of this session or API key until the transaction ends. Call it before rows that the transaction changes
     * and then passes to `made`.
     */
    async lockAccountOf(requestOrigin: Pick<RequestOrigin, 'sessionUid' | 'apiKeyId'>): Promise<void> {
      const origin = await originOf(requestOrigin)
      if (origin) await store.lockAccount(origin.accountId)
    },

    /**
     * Records an object created in the session of a request, or by an API key created in a session. Call it in the transaction
     * that creates the object.
     *
     * @throws {NotAuthenticatedError} `not_signed_in` if the session has since ended
     */
    async recordCredential(
      requestOrigin: Pick<RequestOrigin, 'sessionUid' | 'apiKeyId'>,
      { kind, subject, label }: SessionCredential,
    ): Promise<void> {
      const { sessionUid } = requestOrigin
      const origin = await originOf(requestOrigin)
      if (!origin) return
      await store.lockAccount(origin.accountId)
      if (sessionUid != null) await assertAlive(origin.uid)
      await saveLink(origin, kind, subject, label)
    },

    /** When an existing passkey was last used in the session, in milliseconds; `undefined` if never. */
    async passkeyUsedAt(session: SessionName): Promise<number | undefined> {
      const existing = new Set((await passkeys.listByAccount(session.accountId)).map(({ id }) => id))
      const links = (await store.linksIn(session.uid)).filter(({ subject }) => existing.has(subject))
      return lastPasskeyUsed(links, session.uid)?.at
    },

    /** Whether any passkey was ever used in the session. */
    hasUsedPasskey: async (session: SessionName): Promise<boolean> => (await listPasskeyUses(session)).length > 0,

    /**
     * Whether the session was signed in to with a login code of a program within the last fifteen minutes, by an account that never
     * had a passkey.
     */
    async isBootstrap({ uid, accountId }: SessionName): Promise<boolean> {
      const origin = await store.findOrigin(uid)
      if (origin?.accountId !== accountId || origin.method !== 'code') return false
      if ((await store.countRemovals(accountId)) > 0 || (await passkeys.listByAccount(accountId)).length > 0)
        return false
      // The time of the code counts, because a later sign-in with another code renews the origin.
      return (await store.linksIn(uid)).some(
        ({ kind, label, at }) =>
          kind === 'code_used' && label === byProgram && isRecent(at, clock.now(), passkeyExceptionLifetime),
      )
    },

    /** Removes the history of at most `limit` sessions that is no longer needed; returns the number. */
    async review(limit: number): Promise<number> {
      const due = await store.dueForReview(clock.now(), limit)
      let removedCount = 0
      for (const { uid, accountId } of due)
        await transaction(async () => {
          await store.lockAccount(accountId)
          const origin = await store.findOrigin(uid)
          if (!origin || origin.reviewAt > clock.now()) return
          const hasPermanentLinks = (await store.linksIn(uid)).some(({ kind }) => !temporaryKinds.has(kind))
          if (hasPermanentLinks || (await hasArtifacts(origin)))
            return store.saveOrigin({ ...origin, reviewAt: clock.now() + reviewInterval })
          await store.remove(uid)
          removedCount += 1
        })
      return removedCount
    },
  }
}

export type SessionHistory = ReturnType<typeof createSessionHistory>

function sessionEndedError(): NotAuthenticatedError {
  return new NotAuthenticatedError('not_signed_in', 'The session has ended.')
}
