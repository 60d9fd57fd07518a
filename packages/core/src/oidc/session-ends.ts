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
  /** Names the browser in which it began. */
  readonly browser?: string | undefined
}

/**
 * Ends a session with what clients were given in it, and notifies them. The session is destroyed first, by the statement
 * that returns it: every authorization that was answered is listed in it, and none can be listed afterwards.
 */
export function endSession(
  provider: Provider,
  transaction: Transaction,
  uid: string,
): Promise<EndedSession | undefined> {
  return transaction(async () => {
    // A cast, since the library's types do not know our adapter.
    const { destroyByUid } = provider.Session.adapter as unknown as AtomicAdapter
    const ended: EndedSession | undefined = await destroyByUid(uid)
    if (ended) await endAuthorizations(provider, ended)
    return ended
  })
}

/** Ends what clients were given in a session, and notifies them. Call it within the transaction that takes it out of the session. */
export async function endAuthorizations(provider: Provider, ended: EndedSession): Promise<void> {
  await notifyClientsOf(provider, ended)
  await revokeGrantsOf(provider, ended)
}

/** A session as it is stored. */
export interface FoundSession {
  readonly artifact: Artifact
  readonly uid: string
}

/** The sessions of an account, expired ones too, in the order in which transactions lock them. */
export async function sessionsOf(
  artifacts: Pick<ArtifactStore, 'listByAccount'>,
  accountId: string,
): Promise<readonly FoundSession[]> {
  const found = await artifacts.listByAccount('Session', accountId)
  return found
    .flatMap((artifact) => (artifact.uid === null ? [] : [{ artifact, uid: artifact.uid }]))
    .sort((one, other) => (one.uid < other.uid ? -1 : 1))
}

/** Destroys interactions in which the account has signed in, so that they begin no session any more. */
export async function endPendingSignIns(
  artifacts: Pick<ArtifactStore, 'listByAccount' | 'destroy'>,
  accountId: string,
): Promise<void> {
  for (const { key, payload } of await artifacts.listByAccount('Interaction', accountId)) {
    const { result }: AdapterPayload = JSON.parse(payload)
    if (result?.login?.accountId === accountId) await artifacts.destroy(key)
  }
}

/** Ends the other sessions of an account that began in the same browser. */
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

/** Keeps the session from ending before the transaction that this is called in. Returns `false` if it has ended. */
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
 * Takes a client out of the sessions of an account, and notifies it. An authorization that is under way at that moment has to
 * ask again whether it is allowed. Call it in a transaction, before what the client was given is destroyed.
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
 * Ends what an account's clients still hold of sessions that have expired, and notifies them. Devices keep their grants, which
 * belong to no session.
 *
 * @param keptUid - of the session whose grants stay
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
