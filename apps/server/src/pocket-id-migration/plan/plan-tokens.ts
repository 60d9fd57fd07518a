import { isId } from '@pocket/directory/internal'
import type { SignupToken } from '../../sign-up/signup-token.ts'
import type { ReportCollector } from '../report.ts'
import type { ActorState } from '../source/actor-states.ts'
import type { SourceRow } from '../source/tables.ts'

/** A sign-up token in clear. */
export interface PlannedSignupToken extends Omit<SignupToken, 'tokenHash' | 'sealedToken'> {
  readonly token: string
}

/** A login code in clear. */
export interface PlannedLoginCode {
  readonly code: string
  readonly accountId: string
  readonly expiresAt: number
}

/** Whether a token still works. Expired tokens are only counted. */
export function isLive(expiresAt: number, now: number): boolean {
  return expiresAt > now
}

export function signupTokenOfActor({ id: token, data }: ActorState): PlannedSignupToken | undefined {
  return toSignupToken(token, data)
}

/** The tokens that Pocket ID 2.12 moved into `kv` until its actors took them over. */
export function signupTokensOfJson(json: string): readonly PlannedSignupToken[] {
  const list: unknown = JSON.parse(json)
  if (!Array.isArray(list)) return []
  return list.flatMap((item: Readonly<Record<string, unknown>>) => {
    const lower = Object.fromEntries(Object.entries(item).map(([key, value]) => [key.toLowerCase(), value]))
    return toSignupToken(String(lower.token ?? ''), lower) ?? []
  })
}

export function signupTokenOfRow(row: SourceRow<'signup_tokens'>, groupIds: readonly string[]): PlannedSignupToken {
  return {
    id: row.id,
    token: row.token,
    groupIds,
    usageLimit: row.usage_limit,
    usageCount: row.usage_count,
    expiresAt: row.expires_at,
    createdAt: row.created_at,
  }
}

function toSignupToken(token: string, data: Readonly<Record<string, unknown>>): PlannedSignupToken | undefined {
  const { id, usagelimit, usagecount, usergroupids, createdat, expiresat } = data
  const expiresAt = toTime(expiresat)
  if (typeof id !== 'string' || !isId(id) || token === '' || expiresAt === undefined) return undefined
  return {
    id,
    token,
    groupIds: Array.isArray(usergroupids) ? usergroupids.map(String) : [],
    usageLimit: Number(usagelimit ?? 1),
    usageCount: Number(usagecount ?? 0),
    expiresAt,
    createdAt: toTime(createdat) ?? 0,
  }
}

/** `undefined` if it is left out, which the report then says. */
export function loginCodeOfActor(
  { id: code, data }: ActorState,
  report: ReportCollector,
): PlannedLoginCode | undefined {
  const expiresAt = toTime(data.expiresat)
  return planLoginCode({ code, accountId: String(data.userid ?? ''), expiresAt, deviceToken: data.devicetoken }, report)
}

export function loginCodeOfRow(
  row: SourceRow<'one_time_access_tokens'>,
  report: ReportCollector,
): PlannedLoginCode | undefined {
  const { token: code, user_id: accountId, expires_at: expiresAt, device_token: deviceToken } = row
  return planLoginCode({ code, accountId, expiresAt, deviceToken }, report)
}

interface SourceLoginCode {
  readonly code: string
  readonly accountId: string
  readonly expiresAt: number | undefined
  readonly deviceToken: unknown
}

function planLoginCode(
  { code, accountId, expiresAt, deviceToken }: SourceLoginCode,
  report: ReportCollector,
): PlannedLoginCode | undefined {
  if (expiresAt === undefined) return undefined
  if (!deviceToken) return { code, accountId, expiresAt }
  report.leftOut(
    { subject: 'login code', id: accountId, name: `of the user ${accountId}` },
    'It works only in the browser that requested it, which has to request a new one.',
  )
  return undefined
}

/** Converts a MessagePack time, seconds since the Unix epoch or an RFC 3339 text to milliseconds. */
function toTime(value: unknown): number | undefined {
  const time =
    value instanceof Date ? value.getTime() : typeof value === 'number' ? value * 1000 : Date.parse(String(value))
  return Number.isNaN(time) ? undefined : time
}
