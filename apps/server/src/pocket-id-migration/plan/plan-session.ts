import { isJsonObject } from '@pocket/core/internal'
import type { SourceRow } from '../source/tables.ts'

/** A stored token of the source. Instants in milliseconds since the Unix epoch. */
export interface SourceToken {
  readonly kind: 'refresh_token' | 'access_token'
  /** Equal for all tokens of one authorization. */
  readonly requestId: string
  readonly signature: string
  readonly isActive: boolean
  readonly accountId: string
  readonly clientId: string
  readonly scopes: readonly string[]
  readonly resources: readonly string[]
  readonly createdAt: number
  readonly expiresAt: number
  readonly authenticatedAt: number
  readonly amr: readonly string[]
}

/** Why a stored row is not a token that can be migrated. */
export type SessionKind = SourceToken['kind'] | 'short-lived'

export function kindOf({ kind }: SourceRow<'oauth2_sessions'>): SessionKind {
  return kind === 'refresh_token' || kind === 'access_token' ? kind : 'short-lived'
}

/** Reads the request of a refresh token or an access token; `undefined` if it names no user. */
export function readToken(row: SourceRow<'oauth2_sessions'>): SourceToken | undefined {
  const { request_data: data } = row
  const kind = kindOf(row)
  const session = isJsonObject(data.session) ? data.session : {}
  const claims = isJsonObject(session.id_token_claims) ? session.id_token_claims : {}
  const clientId = data.client_id
  const accountId = session.subject
  if (kind === 'short-lived' || typeof clientId !== 'string' || typeof accountId !== 'string') return undefined
  const jwtClaims = isJsonObject(session.jwt_claims) ? session.jwt_claims : {}
  return {
    kind,
    requestId: row.request_id,
    // An access token is stored under its signature; so is a refresh token.
    signature: row.key,
    isActive: row.active,
    accountId,
    clientId,
    scopes: textsOf(data.granted_scope),
    resources: textsOf(data.granted_audience).filter((each) => each !== clientId && each !== jwtClaims.Issuer),
    createdAt: row.created_at,
    expiresAt: row.expires_at ?? row.created_at,
    authenticatedAt: timeOf(claims.auth_time) ?? row.created_at,
    amr: textsOf(claims.amr),
  }
}

/** The URL of the source, as the row names it. */
export function issuerOf({ request_data: { session } }: SourceRow<'oauth2_sessions'>): string | undefined {
  const claims = isJsonObject(session) && isJsonObject(session.jwt_claims) ? session.jwt_claims : {}
  return typeof claims.Issuer === 'string' && claims.Issuer !== '' ? claims.Issuer : undefined
}

function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : []
}

function timeOf(value: unknown): number | undefined {
  const time = Date.parse(String(value))
  return Number.isNaN(time) || time <= 0 ? undefined : time
}
