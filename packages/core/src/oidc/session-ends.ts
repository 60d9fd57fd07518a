import type Provider from 'oidc-provider'
import type { AdapterPayload } from 'oidc-provider'
import { randomToken } from '../random.ts'
import type { Transaction } from '../transaction.ts'
import type { Artifact, ArtifactStore } from './artifact-store.ts'
import { revokeGrant, revokeGrantsOf } from './logout.ts'
import { notifyClient, notifyClientsOf } from './logout-notices.ts'
import type { SessionContent } from './session-merge.ts'
import type { AtomicAdapter } from './stored-payload.ts'

/** A session as it was when it ended. */
export interface EndedSession extends Pick<SessionContent, 'accountId' | 'authorizations'> {
  /** Identifies the browser in which the session started. */
  readonly browser?: string | undefined
}

/**
 * Ends a session, revokes its grants and notifies its clients. Destroys the session first and atomically, because every
 * authorization is listed in the session before its response, so none can be added afterwards.
 */
export function endSession(
  provider: Provider,
  transaction: Transaction,
  uid: string,
): Promise<EndedSession | undefined> {
  return transaction(async () => {
    // The cast is needed because the library's types do not include our adapter.
    const { destroyByUid } = provider.Session.adapter as unknown as AtomicAdapter
    const ended: EndedSession | undefined = await destroyByUid(uid)
    if (ended) await endAuthorizations(provider, ended)
    return ended
  })
}

/** Revokes the grants of a session and notifies its clients. Call it in the transaction that removes them from the session. */
export async function endAuthorizations(provider: Provider, ended: EndedSession): Promise<void> {
  await notifyClientsOf(provider, ended)
  await revokeGrantsOf(provider, ended)
}

/** A stored session. */
export interface FoundSession {
  readonly artifact: Artifact
  readonly uid: string
}

/** The sessions of an account, including expired ones, in the order in which transactions lock them. */
export async function sessionsOf(
  artifacts: Pick<ArtifactStore, 'listByAccount'>,
  accountId: string,
): Promise<readonly FoundSession[]> {
  const found = await artifacts.listByAccount('Session', accountId)
  return found
    .flatMap((artifact) => (artifact.uid === null ? [] : [{ artifact, uid: artifact.uid }]))
    .sort((one, other) => (one.uid < other.uid ? -1 : 1))
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

/** Ends the other sessions of an account that started in the same browser. */
export async function endSessionsOfBrowser(
  provider: Provider,
  { artifacts, transaction }: { readonly artifacts: ArtifactStore; readonly transaction: Transaction },
  { accountId, browser }: EndedSession,
): Promise<void> {
  if (accountId === undefined || browser === undefined) return
  for (const { artifact, uid } of await sessionsOf(artifacts, accountId)) {
    const other: EndedSession = JSON.parse(artifact.payload)
    if (other.browser === browser) await endSession(provider, transaction, uid)
  }
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

/**
 * Removes a client from the sessions of an account and notifies it. Concurrent authorizations must check consent again. Call it
 * in a transaction, before the client's artifacts are destroyed.
 */
export async function withdrawFromSessions(
  provider: Provider,
  artifacts: Pick<ArtifactStore, 'listByAccount' | 'findByUid' | 'refresh'>,
  { accountId, clientId }: { readonly accountId: string; readonly clientId: string },
): Promise<void> {
  for (const { artifact, uid } of await sessionsOf(artifacts, accountId)) {
    let found: Artifact | undefined = artifact
    let withdrawn: EndedSession | undefined
    while (found && !withdrawn) {
      const session: EndedSession = JSON.parse(found.payload)
      const { [clientId]: _, ...authorizations } = session.authorizations ?? {}
      const payload = JSON.stringify({ ...session, authorizations, revision: randomToken() })
      if (await artifacts.refresh({ ...found, payload }, found.payload)) withdrawn = session
      else found = await artifacts.findByUid('Session', uid)
    }
    if (withdrawn) await notifyClientsOf(provider, withdrawn, clientId)
  }
}

type Leftover = AdapterPayload & { readonly sessionUid?: string | undefined; readonly sid?: string | undefined }

/**
 * Revokes the remaining grants of expired sessions of an account and notifies their clients. Grants of devices remain, because
 * they belong to no session.
 *
 * @param keptUid - of the session whose grants remain
 */
export async function endLeftovers(
  provider: Provider,
  artifacts: Pick<ArtifactStore, 'listByAccount'>,
  { accountId, keptUid }: { readonly accountId: string; readonly keptUid: string | null },
): Promise<void> {
  const lists = ['AuthorizationCode', 'AccessToken', 'RefreshToken'].map((model) =>
    artifacts.listByAccount(model, accountId),
  )
  const grants = new Map<string, Leftover>()
  for (const { grantId, payload } of (await Promise.all(lists)).flat()) {
    const token: Leftover = JSON.parse(payload)
    const isOfDevice = token.gty?.split(' ').includes('device_code')
    if (grantId !== null && !isOfDevice && token.sessionUid !== keptUid) grants.set(grantId, token)
  }
  for (const [grantId, { clientId = '', sid = '' }] of grants) {
    await notifyClient(provider, { clientId, accountId, sid })
    await revokeGrant(provider, grantId)
  }
}
