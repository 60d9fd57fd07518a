import type Provider from 'oidc-provider'
import type { AdapterPayload } from 'oidc-provider'
import type { CoreContext } from '../context.ts'
import type { SessionUse } from '../sessions/session-use.ts'
import { endPendingSignIns, endRemainingGrants, endSession, type SessionEntry, sessionsOf } from './session-ends.ts'

/** A session of an account in any browser. */
export interface SessionRecord extends SessionUse {
  /** Identifies the session; not a bearer value. */
  readonly uid: string
  readonly accountId: string
  readonly acr: string
  /** Milliseconds since the Unix epoch. */
  readonly expiresAt: number
  /** The IDs of the clients used in the session. */
  readonly clientIds: readonly string[]
}

/** The sessions of accounts in all browsers. */
export interface SessionRecords {
  /** The active sessions, most recently used first. */
  list(accountId: string): Promise<readonly SessionRecord[]>
  /** Ends a session and revokes its grants; `false` if the account has no session with this `uid`. */
  end(accountId: string, uid: string): Promise<boolean>
  /**
   * Ends all sessions except the one with this `uid`, if given. Also revokes grants of expired sessions and cancels verified
   * sign-ins that have not started a session. Resolves to the `uid`s of the ended sessions.
   */
  endOthers(accountId: string, uid: string | null): Promise<readonly string[]>
}

export function createSessionRecords({ stores, clock }: CoreContext, provider: () => Provider): SessionRecords {
  const { artifacts, sessionHistory, deviceLogins, transaction } = stores
  const endMatching = async (accountId: string, matches: (found: SessionEntry) => boolean) => {
    const ended: string[] = []
    for (const { uid } of (await sessionsOf(artifacts, accountId)).filter(matches))
      if (await endSession(provider(), stores, uid)) ended.push(uid)
    return ended
  }
  return {
    list: async (accountId) =>
      (await sessionsOf(artifacts, accountId))
        .filter(({ artifact: { expiresAt } }) => expiresAt === null || expiresAt > clock.now())
        .map((found) => toRecord(found, accountId))
        .sort((a, b) => b.lastUsedAt - a.lastUsedAt),
    end: async (accountId, uid) => (await endMatching(accountId, (session) => session.uid === uid)).length > 0,
    endOthers: (accountId, uid) =>
      transaction(async () => {
        await sessionHistory.lockAccount(accountId)
        const ended = await endMatching(accountId, (session) => session.uid !== uid)
        await endRemainingGrants(provider(), artifacts, { accountId, exceptUid: uid })
        await endPendingSignIns(artifacts, accountId)
        await deviceLogins.removeByAccount(accountId)
        return ended
      }),
  }
}

function toRecord({ artifact, uid }: SessionEntry, accountId: string): SessionRecord {
  const payload: AdapterPayload & { readonly use?: SessionUse } = JSON.parse(artifact.payload)
  // Sessions of earlier versions have no recorded use.
  const signedInAt = (payload.loginTs ?? payload.iat ?? 0) * 1000
  const use = payload.use ?? { startedAt: signedInAt, lastUsedAt: signedInAt, ipAddress: null, userAgent: null }
  return {
    ...use,
    uid,
    accountId,
    acr: payload.acr ?? '0',
    expiresAt: artifact.expiresAt ?? 0,
    clientIds: Object.keys(payload.authorizations ?? {}),
  }
}
