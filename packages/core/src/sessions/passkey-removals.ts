import type { Actor } from '../audit/audit-sink.ts'
import type { CoreContext } from '../context.ts'
import { NotFoundError } from '../errors.ts'
import { computeClosure, lastPasskeyUsed } from './session-closure.ts'
import type { SessionLink, SessionLinkKind } from './session-history-store.ts'

/** A credential created, or a device approved, in a session that was ended by the removal of a passkey. */
export interface CreatedCredential {
  readonly kind: 'passkey' | 'api_key' | 'client_secret' | 'login_code' | 'device'
  readonly id: string
  /** The account of the session. */
  readonly accountId: string
  /** The name of a passkey or API key, the client of a secret, the account of a login code, or the `User-Agent` of a device. */
  readonly label: string | null
  /** Milliseconds since the Unix epoch. */
  readonly at: number
  /** Whether it has been revoked; always true for devices, which end with the session. `null` if only the host knows. */
  readonly withdrawn: boolean | null
  /** Whether this is the passkey last used in the session of the caller. */
  readonly inUse: boolean
}

/** A removed passkey, and the credentials created in the sessions that its removal ended. */
export interface PasskeyRemoval {
  readonly passkeyId: string
  readonly passkeyName: string
  /** Passkeys first. */
  readonly credentials: readonly CreatedCredential[]
}

/** Lists credentials that remain after the removal of a passkey, so that they can be revoked. */
export interface PasskeyRemovals {
  /** The removals of passkeys of the account that have remaining credentials. */
  list(accountId: string, actor?: Actor): Promise<readonly PasskeyRemoval[]>
  /** @throws {NotFoundError} `passkey_not_found` if no removal of this passkey of the account has ended a session */
  find(accountId: string, passkeyId: string, actor?: Actor): Promise<PasskeyRemoval>
  /**
   * Locks the accounts, clients and sessions of everything that was made in the sessions of a removed passkey, directly or
   * indirectly, until the transaction ends. Call it first in a transaction that revokes it.
   */
  lock(accountId: string, passkeyId: string): Promise<void>
  /**
   * Revokes a listed login code, and ends the sessions that it started.
   *
   * @throws {NotFoundError} `not_found`
   */
  withdrawLoginCode(passkeyId: string, codeId: string, actor?: Actor): Promise<void>
}

/** In display order. */
const kinds: Readonly<Partial<Record<SessionLinkKind, CreatedCredential['kind']>>> = {
  passkey_registered: 'passkey',
  api_key: 'api_key',
  client_secret: 'client_secret',
  login_code: 'login_code',
  device_approved: 'device',
}
const kindOrder = Object.values(kinds)

interface SessionFunctions {
  /** Ends these sessions of the account, and records the removed passkey in them. */
  readonly endSessions: (end: {
    readonly accountId: string
    readonly removedPasskeyId: string
    readonly sessionUids: readonly string[]
    readonly ownSessionUid: string | null | undefined
  }) => Promise<unknown>
  /** Locks the sessions of an account until the enclosing transaction ends. */
  readonly lockSessions: (accountId: string) => Promise<void>
}

export function createPasskeyRemovals(
  { stores, clock }: CoreContext,
  { endSessions, lockSessions }: SessionFunctions,
): PasskeyRemovals {
  const { sessionHistory: history, passkeys, clients, codes, transaction } = stores

  const isWithdrawn = async (kind: CreatedCredential['kind'], { subject, label, accountId }: SessionLink) => {
    switch (kind) {
      case 'passkey':
        return (await passkeys.listByAccount(accountId)).every(({ id }) => id !== subject)
      case 'client_secret':
        return (await clients.find(label ?? ''))?.secrets.every(({ id }) => id !== subject) ?? true
      case 'login_code':
        return (await history.linksTo('code_withdrawn', subject)).length > 0
      case 'device':
        return true
      case 'api_key':
        return null
    }
  }

  const listCredentials = async (passkeyId: string, { origin }: Actor): Promise<readonly CreatedCredential[]> => {
    const ownSessionUid = origin?.sessionUid ?? ''
    const usedPasskeyId = lastPasskeyUsed(await history.linksIn(ownSessionUid), ownSessionUid)?.subject
    const credentials: CreatedCredential[] = []
    for (const { uid } of await history.endedBy(passkeyId))
      for (const link of await history.linksIn(uid)) {
        const kind = kinds[link.kind]
        const { subject: id, accountId, label, at } = link
        // The removed passkey may have been registered in a session that it was also used in.
        if (kind === undefined || id === passkeyId) continue
        credentials.push({
          kind,
          id,
          accountId,
          label,
          at,
          withdrawn: await isWithdrawn(kind, link),
          inUse: id === usedPasskeyId,
        })
      }
    return credentials.sort(
      (left, right) => kindOrder.indexOf(left.kind) - kindOrder.indexOf(right.kind) || left.at - right.at,
    )
  }

  const listRemovedPasskeys = async (accountId: string): Promise<ReadonlyMap<string, string>> => {
    const ended = new Set((await history.originsOf(accountId)).flatMap(({ endedBy }) => endedBy ?? []))
    const usedLinks = (await history.linksOf(accountId)).filter(({ subject }) => ended.has(subject))
    return new Map(usedLinks.map(({ subject, label }) => [subject, label ?? '']))
  }

  /** The accounts and clients of everything that was made in the sessions of a passkey, directly or indirectly. */
  const collectAffected = async (accountId: string, passkeyId: string) => {
    const affected = { accountIds: new Set([accountId]), clientIds: new Set<string>(), sessionUids: new Set<string>() }
    const pendingEntries: { accountId: string; passkeyId: string | null; sessionUids: string[] }[] = [
      { accountId, passkeyId, sessionUids: [] },
    ]
    for (const entry of pendingEntries) {
      const links = await history.linksOf(entry.accountId)
      const { sessions } = computeClosure(links, entry.passkeyId, entry.sessionUids)
      const added = new Set([...sessions].filter((uid) => !affected.sessionUids.has(uid)))
      for (const uid of added) affected.sessionUids.add(uid)
      for (const { kind, subject, label } of links.filter(({ sessionUid }) => added.has(sessionUid))) {
        if (kind === 'client_secret' && label !== null) affected.clientIds.add(label)
        if (kind !== 'login_code' || label === null) continue
        affected.accountIds.add(label)
        const sessionUids = (await history.linksTo('code_used', subject)).map(({ sessionUid }) => sessionUid)
        pendingEntries.push({ accountId: label, passkeyId: null, sessionUids })
      }
    }
    return affected
  }

  return {
    async lock(accountId, passkeyId) {
      const { accountIds, clientIds } = await collectAffected(accountId, passkeyId)
      const sortedAccountIds = [...accountIds].sort()
      for (const id of sortedAccountIds) await history.lockAccount(id)
      for (const id of [...clientIds].sort()) await clients.findForUpdate(id)
      // Login codes are revoked in another order than that of their accounts.
      for (const id of sortedAccountIds) await lockSessions(id)
    },

    async list(accountId, actor = {}) {
      const removals: PasskeyRemoval[] = []
      for (const [passkeyId, passkeyName] of await listRemovedPasskeys(accountId)) {
        const credentials = await listCredentials(passkeyId, actor)
        if (credentials.length > 0) removals.push({ passkeyId, passkeyName, credentials })
      }
      return removals
    },

    async find(accountId, passkeyId, actor = {}) {
      const passkeyName = (await listRemovedPasskeys(accountId)).get(passkeyId)
      if (passkeyName === undefined)
        throw new NotFoundError('passkey_not_found', 'No removal of this passkey is known.')
      return { passkeyId, passkeyName, credentials: await listCredentials(passkeyId, actor) }
    },

    withdrawLoginCode: (passkeyId, codeId, { origin } = {}) =>
      transaction(async () => {
        const [issueLink] = await history.linksTo('login_code', codeId)
        const isListed = issueLink && (await history.findOrigin(issueLink.sessionUid))?.endedBy === passkeyId
        if (!isListed || issueLink.label === null) throw new NotFoundError('not_found', 'There is no such login code.')
        const { sessionUid, accountId: issuer, label: accountId } = issueLink
        // With the lock, a concurrent sign-in with the code either completes first or is rejected.
        await history.lockAccount(accountId)
        await codes.remove(codeId)
        const withdrawn = { sessionUid, accountId: issuer, subject: codeId, label: null, at: clock.now() }
        await history.saveLink({ ...withdrawn, kind: 'code_withdrawn' })
        const sessionUids = (await history.linksTo('code_used', codeId)).map((link) => link.sessionUid)
        await endSessions({ accountId, removedPasskeyId: passkeyId, sessionUids, ownSessionUid: origin?.sessionUid })
      }),
  }
}
