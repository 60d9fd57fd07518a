import { createGrantId, type ImportedGrant } from '@pocket/core/internal'
import { Batch } from './batch.ts'
import type { MigrationContext } from './migration-steps.ts'
import type { PlannedToken } from './migration-target.ts'
import { kindOf, readToken, type SourceToken } from './plan/plan-session.ts'

/** Seconds. A grant must outlive the refresh tokens that replace those of the source. */
const grantLifetime = 400 * 24 * 3600

/** Migrates refresh tokens and access tokens that still work, each authorization with a grant of its own. */
export async function migrateAuthorizations(context: MigrationContext): Promise<void> {
  const { source, target, report, userNames, clientIds, now } = context
  const grants = await findGrants(context)
  const grantBatch = new Batch(target.grants)
  for (const grant of grants.values()) await grantBatch.add(grant)
  await grantBatch.flush()
  const tokens = new Batch<PlannedToken>(target.tokens)
  let shortLived = 0
  let expired = 0
  let ofClients = 0
  for await (const row of source.rows('oauth2_sessions')) {
    if (kindOf(row) === 'short-lived') shortLived++
    const token = readToken(row)
    if (token === undefined) continue
    const isLive = isUsable(token, now)
    const isOfUser = userNames.has(token.accountId) && clientIds.has(token.clientId)
    if (isLive && !isOfUser) ofClients++
    if (!isLive && token.isActive) expired++
    if (isLive) report.found(token.kind === 'refresh_token' ? 'refresh token' : 'access token')
    const grant = grants.get(token.requestId)
    // A used refresh token is kept, so that its reuse ends the authorization.
    if (grant === undefined || !isOfUser || (!isLive && token.kind === 'access_token') || token.expiresAt <= now)
      continue
    if (isLive) report.migrated(token.kind === 'refresh_token' ? 'refresh token' : 'access token')
    await tokens.add(toPlannedToken(token, grant))
  }
  await tokens.flush()
  if (ofClients > 0) report.note(`${ofClients} tokens that belong to no user end; their applications request new ones.`)
  if (expired > 0) report.note(`${expired} tokens have expired and are left out.`)
  report.note(`${shortLived} codes and requests that were not used end; users start again.`)
}

/** A grant for each authorization that has a token that works. */
async function findGrants({ source, userNames, clientIds, now }: MigrationContext) {
  const grants = new Map<string, ImportedGrant>()
  for await (const row of source.rows('oauth2_sessions')) {
    const token = readToken(row)
    if (!token || !isUsable(token, now) || !userNames.has(token.accountId) || !clientIds.has(token.clientId)) continue
    const before = grants.get(token.requestId)
    const scopes = new Set([...(before?.scope.split(' ') ?? []), ...token.scopes])
    grants.set(token.requestId, {
      id: before?.id ?? createGrantId(),
      accountId: token.accountId,
      clientId: token.clientId,
      scope: [...scopes].join(' '),
      resources: before?.resources ?? token.resources,
      issuedAt: before?.issuedAt ?? toSeconds(token.createdAt),
      expiresAt: toSeconds(now) + grantLifetime,
    })
  }
  return grants
}

function isUsable({ isActive, expiresAt }: SourceToken, now: number): boolean {
  return isActive && expiresAt > now
}

function toPlannedToken(token: SourceToken, grant: ImportedGrant): PlannedToken {
  return {
    kind: token.kind,
    token: {
      signature: token.signature,
      grant: { ...grant, scope: token.scopes.join(' ') },
      issuedAt: toSeconds(token.createdAt),
      expiresAt: toSeconds(token.expiresAt),
      authTime: toSeconds(token.authenticatedAt),
      amr: token.amr,
      consumedAt: token.isActive ? null : token.createdAt,
    },
  }
}

function toSeconds(milliseconds: number): number {
  return Math.floor(milliseconds / 1000)
}
