import type Provider from 'oidc-provider'
import type { CoreContext } from '../context.ts'
import { computeClosure, lastPasskeyUsed } from '../sessions/session-closure.ts'
import { reviewInterval } from '../sessions/session-history.ts'
import { grantKey, revokeGrant } from './grant-destruction.ts'
import { notifyClient } from './logout-notices.ts'
import { getGrantIds, listSessionArtifacts, type SessionArtifact } from './session-artifacts.ts'
import { endSession, sessionsOf } from './session-ends.ts'

/** The trigger: a removed passkey or a list of sessions. */
export interface ClosureTrigger {
  readonly accountId: string
  /** The value recorded in ended sessions. */
  readonly removedPasskeyId: string
  /** Sessions to end; by default those that used the passkey. */
  readonly sessionUids?: readonly string[]
  /** The session of the user who removes the passkey. It remains if its last authentication used another passkey. */
  readonly ownSessionUid?: string | null | undefined
}

/**
 * Ends the sessions derived from a removed passkey, including expired ones: revokes their grants and device approvals, and
 * notifies clients. Removes the recovery codes created in them. Sessions from versions without a history are treated as having used the passkey.
 */
export function createSessionClosure(
  { stores, clock }: CoreContext,
  provider: () => Provider,
  endAccessAfterRemoval: (accountId: string) => Promise<void>,
) {
  const { artifacts, codes, sessionHistory, transaction } = stores

  /** End sessions first, so that nothing can be added to them. Resolves to the `sid`s of notified clients. */
  const endSessions = async (accountId: string, shouldEnd: (uid: string) => boolean): Promise<Set<unknown>> => {
    const notified = new Set<unknown>()
    for (const { uid } of (await sessionsOf(artifacts, accountId)).filter((session) => shouldEnd(session.uid))) {
      const ended = await endSession(provider(), stores, uid)
      for (const { sid } of Object.values(ended?.authorizations ?? {})) notified.add(sid)
    }
    return notified
  }

  /** Notifies clients of expired sessions, using the `sid` of their tokens. */
  const notify = async (
    accountId: string,
    ended: readonly SessionArtifact[],
    notified: Set<unknown>,
  ): Promise<void> => {
    for (const { payload } of ended) {
      const { clientId, sid } = payload
      if (clientId === undefined || typeof sid !== 'string' || notified.has(sid)) continue
      notified.add(sid)
      await notifyClient(provider(), { clientId, accountId, sid })
    }
  }

  /** With `all`, also revokes unreferenced grants, because their session is unknown. */
  const revokeGrants = async (
    accountId: string,
    { ended, kept, all }: Readonly<Record<'ended' | 'kept', readonly SessionArtifact[]>> & { readonly all: boolean },
  ): Promise<void> => {
    const inUse = new Set(kept.flatMap(getGrantIds))
    for (const grantId of new Set(ended.flatMap(getGrantIds)))
      if (!inUse.has(grantId)) await revokeGrant(artifacts, grantId)
    if (!all) return
    const keys = new Set([...inUse].map(grantKey))
    for (const { key } of await artifacts.listByAccount('Grant', accountId))
      if (!keys.has(key)) await artifacts.destroy(key)
  }

  const end = ({
    accountId,
    removedPasskeyId,
    sessionUids,
    ownSessionUid,
  }: ClosureTrigger): Promise<readonly string[]> =>
    transaction(async () => {
      const links = await sessionHistory.linksOf(accountId)
      const origins = await sessionHistory.originsOf(accountId)
      const isPasskeyRemoval = sessionUids === undefined
      const closure = computeClosure(links, isPasskeyRemoval ? removedPasskeyId : null, sessionUids)
      const lastUse = ownSessionUid == null ? undefined : lastPasskeyUsed(links, ownSessionUid)
      const remainingUid = lastUse && lastUse.subject !== removedPasskeyId ? ownSessionUid : undefined
      const recordedUids = new Set(origins.map(({ uid }) => uid))
      const shouldEnd = (uid: string | undefined) => {
        // Artifacts and sessions without a history count as those of the removed passkey.
        if (uid === undefined) return isPasskeyRemoval
        return uid !== remainingUid && (recordedUids.has(uid) ? closure.sessions.has(uid) : isPasskeyRemoval)
      }
      const notified = await endSessions(accountId, shouldEnd)
      const all = await listSessionArtifacts(artifacts, accountId)
      const ended = all.filter(({ sessionUid }) => shouldEnd(sessionUid))
      const remaining = all.filter(({ sessionUid }) => !shouldEnd(sessionUid))
      await notify(accountId, ended, notified)
      await revokeGrants(accountId, { ended, kept: remaining, all: isPasskeyRemoval })
      for (const { artifact } of ended) await artifacts.destroy(artifact.key)
      await codes.removeCreatedIn(
        accountId,
        [...closure.sessions].filter((uid) => uid !== remainingUid),
      )
      if (isPasskeyRemoval) await codes.removeKinds(accountId, ['ticket'])
      const endedOrigins = origins.filter(
        ({ uid, endedBy }) => closure.sessions.has(uid) && uid !== remainingUid && endedBy === null,
      )
      const reviewAt = clock.now() + reviewInterval
      for (const origin of endedOrigins)
        await sessionHistory.saveOrigin({ ...origin, endedBy: removedPasskeyId, reviewAt })
      return endedOrigins.map(({ uid }) => uid)
    })

  return {
    /** Must be called after locking the account. */
    end,

    /** Removes a passkey and ends the sessions derived from it, in one transaction. */
    removing: <T>(removal: ClosureTrigger, remove: () => Promise<T>): Promise<T> =>
      transaction(async () => {
        await sessionHistory.lockAccount(removal.accountId)
        const removed = await remove()
        await sessionHistory.addRemoval(removal.accountId)
        await end(removal)
        await endAccessAfterRemoval(removal.accountId)
        return removed
      }),
  }
}
