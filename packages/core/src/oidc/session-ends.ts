import type Provider from 'oidc-provider'
import type { AdapterPayload } from 'oidc-provider'
import { randomToken } from '../random.ts'
import type { PocketStores } from '../stores.ts'
import type { Artifact, ArtifactStore } from './artifact-store.ts'
import { grantedModels, revokeGrant } from './grant-destruction.ts'
import { notifyClient, notifyClientsOfSession } from './logout-notices.ts'
import type { SessionContent } from './session-merge.ts'

/** A session as it was when it ended. */
export type EndedSession = Pick<SessionContent, 'accountId' | 'authorizations'>

type SessionStores = Pick<PocketStores, 'artifacts' | 'transaction'>

/**
 * Ends a session, revokes its grants and notifies its clients. Destroys the session first and atomically, because every
 * authorization is listed in the session before its response, so none can be added afterwards.
 */
export function endSession(provider: Provider, stores: SessionStores, uid: string): Promise<EndedSession | undefined> {
  return stores.transaction(async () => {
    const found = await stores.artifacts.destroyByUid('Session', uid)
    if (!found) return undefined
    const ended: EndedSession = JSON.parse(found.payload)
    await endAuthorizations(provider, stores.artifacts, ended)
    return ended
  })
}

/**
 * Revokes the grants of a session and notifies its clients. Call it in the transaction that removes them from the session. The
 * library keeps grants with refresh tokens at logout, because these outlive the session expiry; an explicit sign-out must revoke
 * them too.
 */
export async function endAuthorizations(
  provider: Provider,
  artifacts: Pick<ArtifactStore, 'destroy' | 'destroyByGrant'>,
  ended: EndedSession,
): Promise<void> {
  await notifyClientsOfSession(provider, ended)
  for (const { grantId } of Object.values(ended.authorizations ?? {}))
    if (grantId !== undefined) await revokeGrant(artifacts, grantId)
}

export interface SessionEntry {
  readonly artifact: Artifact
  readonly uid: string
}

/** The sessions of an account, including expired ones, in the order that transactions lock them. */
export async function sessionsOf(
  artifacts: Pick<ArtifactStore, 'listByAccount'>,
  accountId: string,
): Promise<readonly SessionEntry[]> {
  const found = await artifacts.listByAccount('Session', accountId)
  return found
    .flatMap((artifact) => (artifact.uid === null ? [] : [{ artifact, uid: artifact.uid }]))
    .sort((a, b) => (a.uid < b.uid ? -1 : 1))
}

/** Destroys interactions in which the account has signed in, so that they cannot start a session. */
export async function endPendingSignIns(
  artifacts: Pick<ArtifactStore, 'listByAccount' | 'destroy'>,
  accountId: string,
): Promise<void> {
  for (const { key, payload } of await artifacts.listByAccount('Interaction', accountId)) {
    const { result }: AdapterPayload = JSON.parse(payload)
    if (result?.login?.accountId === accountId) await artifacts.destroy(key)
  }
}

/**
 * Ends sessions of a browser, and others that started in it and to which it has no cookie: of concurrent sign-ins, a browser keeps
 * only the cookie of one.
 *
 * @param browsers - identifies the browser of the request
 * @param inactive - other sessions for which the browser has a cookie; those of other accounts remain
 */
export function endSessionsOfBrowser(
  provider: Provider,
  stores: SessionStores & Pick<PocketStores, 'sessionHistory'>,
  {
    sessions,
    browsers,
    inactive = [],
  }: {
    readonly sessions: readonly NamedSession[]
    readonly browsers: readonly string[]
    readonly inactive?: readonly NamedSession[]
  },
): Promise<void> {
  const { sessionHistory } = stores
  const accountIds = new Set(sessions.map(({ accountId }) => accountId))
  const remaining = new Set(inactive.flatMap(({ uid, accountId }) => (accountIds.has(accountId) ? [] : [uid])))
  const listAll = async () => {
    const known = new Set(browsers)
    for (const { uid } of sessions) {
      const origin = await sessionHistory.findOrigin(uid)
      if (origin?.browser) known.add(origin.browser)
    }
    const all = new Map(sessions.map((session) => [session.uid, session]))
    for (const browser of known)
      for (const origin of await sessionHistory.originsInBrowser(browser))
        if (!remaining.has(origin.uid)) all.set(origin.uid, origin)
    return [...all.values()].sort(inLockOrder)
  }
  return stores.transaction(async () => {
    const locked = new Set<string | undefined>([undefined])
    for (const { accountId } of await listAll()) {
      if (accountId !== undefined && !locked.has(accountId)) await sessionHistory.lockAccount(accountId)
      locked.add(accountId)
    }
    // Again, because a session may have started before its account was locked.
    for (const { uid, accountId } of await listAll()) if (locked.has(accountId)) await endSession(provider, stores, uid)
  })
}

interface NamedSession {
  readonly uid: string
  readonly accountId?: string | undefined
}

function inLockOrder(left: NamedSession, right: NamedSession): number {
  const [leftAccount = '', rightAccount = ''] = [left.accountId, right.accountId]
  if (leftAccount !== rightAccount) return leftAccount < rightAccount ? -1 : 1
  return left.uid < right.uid ? -1 : 1
}

/** Locks the session until the enclosing transaction ends. Returns `false` if the session has ended. */
export async function lockSession(
  artifacts: Pick<ArtifactStore, 'findByUid' | 'refresh'>,
  uid: string,
): Promise<boolean> {
  for (;;) {
    const found = await artifacts.findByUid('Session', uid)
    if (!found) return false
    if (await artifacts.refresh(found, found.payload)) return true
  }
}

/** Locks the sessions of an account until the enclosing transaction ends. */
export async function lockSessionsOfAccount(
  artifacts: Pick<ArtifactStore, 'listByAccount' | 'findByUid' | 'refresh'>,
  accountId: string,
): Promise<void> {
  for (const { uid } of await sessionsOf(artifacts, accountId)) await lockSession(artifacts, uid)
}

/**
 * Removes a client from the sessions of an account and notifies it. Concurrent authorizations must check consent again. Call it
 * in a transaction, before the client's artifacts are destroyed.
 */
export async function removeClientFromSessions(
  provider: Provider,
  artifacts: Pick<ArtifactStore, 'listByAccount' | 'findByUid' | 'refresh'>,
  { accountId, clientId }: { readonly accountId: string; readonly clientId: string },
): Promise<void> {
  for (const { artifact, uid } of await sessionsOf(artifacts, accountId)) {
    let found: Artifact | undefined = artifact
    let changedSession: EndedSession | undefined
    while (found && !changedSession) {
      const session: EndedSession = JSON.parse(found.payload)
      const { [clientId]: _, ...authorizations } = session.authorizations ?? {}
      const payload = JSON.stringify({ ...session, authorizations, revision: randomToken() })
      if (await artifacts.refresh({ ...found, payload }, found.payload)) changedSession = session
      else found = await artifacts.findByUid('Session', uid)
    }
    if (changedSession) await notifyClientsOfSession(provider, changedSession, clientId)
  }
}

type TokenPayload = AdapterPayload & { readonly sessionUid?: string | undefined; readonly sid?: string | undefined }

/**
 * Revokes the remaining grants of expired sessions of an account and notifies their clients. Grants of devices remain, because
 * they belong to no session.
 *
 * @param exceptUid - of the session whose grants remain
 */
export async function endRemainingGrants(
  provider: Provider,
  artifacts: ArtifactStore,
  { accountId, exceptUid }: { readonly accountId: string; readonly exceptUid: string | null },
): Promise<void> {
  const lists = grantedModels.map((model) => artifacts.listByAccount(model, accountId))
  const grants = new Map<string, TokenPayload>()
  for (const { grantId, payload } of (await Promise.all(lists)).flat()) {
    const token: TokenPayload = JSON.parse(payload)
    const isDeviceGrant = token.gty?.split(' ').includes('device_code')
    if (grantId !== null && !isDeviceGrant && token.sessionUid !== exceptUid) grants.set(grantId, token)
  }
  for (const [grantId, { clientId = '', sid = '' }] of grants) {
    await notifyClient(provider, { clientId, accountId, sid })
    await revokeGrant(artifacts, grantId)
  }
}
