import type Provider from 'oidc-provider'
import type { AdapterPayload } from 'oidc-provider'
import type { Clock } from '../clock.ts'
import type { SessionUse } from '../sessions/session-use.ts'
import type { Transaction } from '../transaction.ts'
import type { Artifact, ArtifactStore } from './artifact-store.ts'
import { revokeGrantsOf } from './logout.ts'
import { notifyClientsOf } from './logout-notices.ts'

/** A session of somebody, in whichever browser it is. */
export interface SessionRecord extends SessionUse {
  /** Names the session, and lets nobody in. */
  readonly uid: string
  readonly accountId: string
  readonly acr: string
  /** Milliseconds since the Unix epoch. */
  readonly expiresAt: number
  /** The clients that were entered in it, by id. */
  readonly clientIds: readonly string[]
}

/** The sessions of accounts, in all browsers. */
export interface SessionRecords {
  /** Those that have not ended, whichever was used last first. */
  list(accountId: string): Promise<readonly SessionRecord[]>
  /** Ends one, and what clients got in it; `false` where the account has none of this `uid`. */
  end(accountId: string, uid: string): Promise<boolean>
  /** Ends all but the one of this `uid`, where one is given. Resolves to the `uid`s of those that it ended. */
  endOthers(accountId: string, uid: string | null): Promise<readonly string[]>
}

export interface SessionRecordPorts {
  readonly provider: () => Provider
  readonly artifacts: Pick<ArtifactStore, 'listByAccount' | 'destroy'>
  readonly transaction: Transaction
  readonly clock: Clock
}

interface Found {
  readonly artifact: Artifact
  readonly payload: AdapterPayload & { readonly use?: SessionUse }
  readonly uid: string
}

export function createSessionRecords({ provider, artifacts, transaction, clock }: SessionRecordPorts): SessionRecords {
  const present = async (accountId: string): Promise<readonly Found[]> =>
    (await artifacts.listByAccount('Session', accountId))
      .filter(({ expiresAt }) => expiresAt === null || expiresAt > clock.now())
      .flatMap((artifact) =>
        artifact.uid === null ? [] : [{ artifact, payload: JSON.parse(artifact.payload), uid: artifact.uid }],
      )
  const end = async ({ artifact, payload }: Found): Promise<void> => {
    const { accountId, authorizations } = payload
    await notifyClientsOf(provider(), { accountId, authorizations })
    await revokeGrantsOf(provider(), { authorizations })
    await artifacts.destroy(artifact.key)
  }
  const endWhere = (accountId: string, matches: (found: Found) => boolean) =>
    transaction(async () => {
      const ended = (await present(accountId)).filter(matches)
      for (const each of ended) await end(each)
      return ended.map(({ uid }) => uid)
    })
  return {
    list: async (accountId) =>
      (await present(accountId))
        .map((found) => recordOf(found, accountId))
        .sort((one, other) => other.lastUsedAt - one.lastUsedAt),
    end: async (accountId, uid) => (await endWhere(accountId, (each) => each.uid === uid)).length > 0,
    endOthers: (accountId, uid) => endWhere(accountId, (each) => each.uid !== uid),
  }
}

function recordOf({ artifact, payload, uid }: Found, accountId: string): SessionRecord {
  // One of a version before this one does not say where it was used.
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
