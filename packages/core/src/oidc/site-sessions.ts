import type { IncomingMessage } from 'node:http'
import type Provider from 'oidc-provider'
import type { Account } from '../accounts/account.ts'
import { monotonicOf } from '../clock.ts'
import type { CoreContext } from '../context.ts'
import { sha256, timingSafeEqualText } from '../hash.ts'
import { requestContext } from '../http/request-context.ts'
import { randomToken } from '../random.ts'
import { minUseInterval, remainingLifetime, type SessionUse, updateUse } from '../sessions/session-use.ts'
import type { Artifact } from './artifact-store.ts'
import { grantKey, revokeGrant, siteSessionModel } from './grant-destruction.ts'

/** Milliseconds; the session itself usually ends earlier. */
const maxLifetime = 30 * 86_400_000
const maxRecorded = 10_000
/** Milliseconds for which an account is used without reading it again. */
const maxAccountAge = 1000
const maxAccounts = 10_000

/** A session at a protected site and the session of the user that it refers to. */
export interface SiteSession {
  readonly key: string
  readonly account: Account
  readonly acr: string
  readonly amr: readonly string[]
  /** Seconds since the Unix epoch. */
  readonly authTime: number
  readonly session: Artifact
  readonly use: SessionUse | undefined
}

/** The response to an authorization request of a protected site. */
export interface SiteAuthorization {
  readonly code: string
  readonly clientId: string
  readonly redirectUri: string
  readonly codeVerifier: string
}

interface SessionPayload {
  readonly accountId?: string
  readonly acr?: string
  readonly amr?: readonly string[]
  readonly loginTs?: number
  readonly use?: SessionUse
}

export type SiteSessions = ReturnType<typeof createSiteSessions>

/** Sessions of browsers at protected sites. Each refers to a session of this provider and is valid only together with it. */
export function createSiteSessions({ stores, clock, sessionLifetime, onError }: CoreContext, provider: () => Provider) {
  const { artifacts, accounts } = stores
  const recordedAt = new Map<string, number>()
  const running = new Set<Promise<void>>()
  const monotonic = monotonicOf(clock)
  const readAccounts = new Map<string, { readonly account: Promise<Account | undefined>; readonly at: number }>()

  /** A page requests dozens of files concurrently; the session is read for each of them. */
  const findAccount = (id: string): Promise<Account | undefined> => {
    const known = readAccounts.get(id)
    if (known && monotonic() - known.at < maxAccountAge) return known.account
    if (readAccounts.size >= maxAccounts) readAccounts.clear()
    const account = accounts.find(id)
    readAccounts.set(id, { account, at: monotonic() })
    account.catch(() => readAccounts.delete(id))
    return account
  }

  const touch = async (session: Artifact, use: SessionUse, authTime: number) => {
    const expiresAt = clock.now() + remainingLifetime(await sessionLifetime(), authTime, clock.now()) * 1000
    const payload = JSON.stringify({ ...JSON.parse(session.payload), use, exp: Math.floor(expiresAt / 1000) })
    await artifacts.refresh({ key: session.key, payload, expiresAt }, session.payload)
  }

  return {
    /**
     * Exchanges the code of an authorization response for a reference to the session; `undefined` if the code is not valid.
     * Reuse of a code ends the session that it started (RFC 6749 §4.1.2).
     */
    async start({ code, clientId, redirectUri, codeVerifier }: SiteAuthorization): Promise<string | undefined> {
      const found = await provider().AuthorizationCode.find(code)
      const challenge = sha256(codeVerifier)
      if (found?.clientId !== clientId || found.redirectUri !== redirectUri) return undefined
      if (found.codeChallengeMethod !== 'S256' || !timingSafeEqualText(found.codeChallenge ?? '', challenge))
        return undefined
      const { accountId, grantId, sessionUid } = found
      if (accountId === undefined || grantId === undefined || sessionUid === undefined) return undefined
      const reference = randomToken()
      const [now, key] = [clock.now(), grantKey(grantId)]
      const siteSession: Artifact = {
        key: keyOf(reference),
        model: siteSessionModel,
        payload: '{}',
        grantId,
        accountId,
        clientId,
        uid: sessionUid,
        userCodeHash: null,
        expiresAt: now + maxLifetime,
        consumedAt: null,
        timesConsumed: null,
        polledAt: null,
        network: null,
      }
      const use = { key: sha256(`AuthorizationCode:${code}`), at: now }
      const outcome = await artifacts.issue({ grantKey: key, use, artifacts: [siteSession] })
      if (outcome === 'used') await revokeGrant(artifacts, grantId)
      return outcome === 'issued' ? reference : undefined
    },

    /** The session of this reference at this client, as stored; the account may be as it was a second ago. */
    async find(reference: string | undefined, clientId: string): Promise<SiteSession | undefined> {
      if (reference === undefined || !/^[\w-]{43}$/.test(reference)) return undefined
      const key = keyOf(reference)
      const found = await artifacts.findWithSession(key)
      const siteSession = found.find((artifact) => artifact.key === key)
      const session = found.find(({ model }) => model === 'Session')
      const now = clock.now()
      if (!siteSession || siteSession.clientId !== clientId || !session) return undefined
      if ([siteSession, session].some(({ expiresAt }) => (expiresAt ?? 0) <= now)) return undefined
      const { accountId, acr = '0', amr = [], loginTs = 0, use }: SessionPayload = JSON.parse(session.payload)
      if (accountId === undefined || accountId !== siteSession.accountId) return undefined
      const account = await findAccount(accountId)
      if (!account || account.disabled) return undefined
      return { key, account, acr, amr, authTime: loginTs, session, use }
    },

    /** Records the use of the session in the background, at most once a minute, which extends it. */
    recordUse(req: IncomingMessage, { session, authTime, use: before }: SiteSession): void {
      const now = clock.now()
      const last = Math.max(before?.lastUsedAt ?? 0, recordedAt.get(session.key) ?? 0)
      if (before && Math.abs(now - last) < minUseInterval) return
      if (recordedAt.size >= maxRecorded) recordedAt.clear()
      recordedAt.set(session.key, now)
      const update: Promise<void> = touch(session, updateUse(before, requestContext(req), now), authTime)
        .catch((error: unknown) => onError(error, ''))
        .finally(() => running.delete(update))
      running.add(update)
    },

    async whenIdle(): Promise<void> {
      await Promise.all(running)
    },
  }
}

function keyOf(reference: string): string {
  return sha256(`${siteSessionModel}:${reference}`)
}
