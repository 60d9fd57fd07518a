import { createGrantId, type ImportedGrant } from '@pocket/core/internal'
import { Batch } from './batch.ts'
import type { MigrationContext } from './migration-steps.ts'
import type { PlannedToken } from './migration-target.ts'
import { issuerOf, kindOf, readToken, type SourceToken } from './plan/plan-session.ts'

/** Seconds. A grant must outlive the refresh tokens that replace those of the source. */
const grantLifetime = 400 * 24 * 3600

/**
 * Migrates refresh tokens and access tokens that still work, each authorization with its own grant.
 *
 * @returns the issuer of the newest token, `undefined` if no token names one
 */
export async function migrateAuthorizations(context: MigrationContext): Promise<string | undefined> {
  const { source, target, report, showProgress } = context
  const grants = new Batch(target.grants)
  const tokens = new Batch<PlannedToken>(async (rows) => {
    await grants.flush()
    await target.tokens(rows)
    showProgress({ subject: 'refresh token', done, total })
  })
  const endings: Endings = { ofClients: 0, expired: 0 }
  const total = await source.count('oauth2_sessions')
  let done = 0
  let shortLived = 0
  let newest: { readonly issuer: string; readonly at: number } | undefined
  let authorization: SourceToken[] = []
  const addAuthorization = async () => {
    const planned = planAuthorization(authorization, context, endings)
    if (planned.grant) await grants.add(planned.grant)
    for (const token of planned.tokens) await tokens.add(token)
  }
  // The rows of one authorization follow each other, so that memory does not grow with their number.
  for await (const row of source.rows('oauth2_sessions')) {
    done++
    const issuer = issuerOf(row)
    if (issuer !== undefined && row.created_at >= (newest?.at ?? 0)) newest = { issuer, at: row.created_at }
    if (kindOf(row) === 'short-lived') shortLived++
    const token = readToken(row)
    if (token === undefined) continue
    if (authorization[0]?.requestId !== token.requestId) {
      await addAuthorization()
      authorization = []
    }
    authorization.push(token)
  }
  await addAuthorization()
  await grants.flush()
  await tokens.flush()
  const { ofClients, expired } = endings
  if (ofClients > 0) report.note(`${ofClients} tokens that belong to no user end; their applications request new ones.`)
  if (expired > 0) report.note(`${expired} tokens have expired and are left out.`)
  report.note(`${shortLived} codes and requests that were not used end; users start again.`)
  return newest?.issuer
}

/** How many tokens are not migrated. */
interface Endings {
  ofClients: number
  expired: number
}

function planAuthorization(
  authorization: readonly SourceToken[],
  { report, userNames, clientIds, now }: MigrationContext,
  endings: Endings,
): { readonly grant: ImportedGrant | undefined; readonly tokens: readonly PlannedToken[] } {
  const isOfUser = (token: SourceToken) => userNames.has(token.accountId) && clientIds.has(token.clientId)
  const grant = planGrant(
    authorization.filter((token) => isUsable(token, now) && isOfUser(token)),
    now,
  )
  const planned: PlannedToken[] = []
  for (const token of authorization) {
    const isLive = isUsable(token, now)
    const subject = token.kind === 'refresh_token' ? 'refresh token' : 'access token'
    if (isLive) report.found(subject)
    if (isLive && !isOfUser(token)) endings.ofClients++
    if (!isLive && token.isActive) endings.expired++
    // A used refresh token is kept, so that its reuse ends the authorization.
    const isKept = isLive || (token.kind === 'refresh_token' && token.expiresAt > now)
    if (grant === undefined || !isOfUser(token) || !isKept) continue
    if (isLive) report.migrated(subject)
    planned.push(toPlannedToken(token, grant))
  }
  return { grant, tokens: planned }
}

/** The grant of the tokens that work; `undefined` if none does. */
function planGrant(tokens: readonly SourceToken[], now: number): ImportedGrant | undefined {
  const [first] = tokens
  return (
    first && {
      id: createGrantId(),
      accountId: first.accountId,
      clientId: first.clientId,
      scope: [...new Set(tokens.flatMap(({ scopes }) => scopes))].join(' '),
      resources: first.resources,
      issuedAt: toSeconds(first.createdAt),
      expiresAt: toSeconds(now) + grantLifetime,
    }
  )
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
