import { isDeepStrictEqual } from 'node:util'

/** The content of a session, named as in the library's payload. */
export interface SessionContent {
  readonly accountId?: string | undefined
  readonly acr?: string | undefined
  readonly amr?: readonly string[] | undefined
  /** Seconds since the Unix epoch. */
  readonly loginTs?: number | undefined
  readonly transient?: boolean | undefined
  readonly authorizations?: Authorizations | undefined
}

export type Authorizations = Readonly<Record<string, Authorization>>

export interface Authorization {
  readonly sid?: string | undefined
  readonly grantId?: string | undefined
  readonly persistsLogout?: boolean | undefined
}

const loginNames = ['accountId', 'acr', 'amr', 'loginTs', 'transient'] as const
type Login = Pick<SessionContent, (typeof loginNames)[number]>

/** Authentication levels in ascending order (`sessions/session.ts`). */
const levels = ['0', '1', 'phr']

/**
 * Three-way merge of a session read as `base`, changed locally to `mine` and by another request to `stored`. A changed value
 * wins over an unchanged one; authorizations are merged per client. Returns `undefined` if both sides signed in different
 * accounts.
 */
export function mergeSessions(
  base: SessionContent,
  local: SessionContent,
  stored: SessionContent,
  names: readonly string[],
): SessionContent | undefined {
  const login = mergeLogins(pickLogin(base), pickLogin(local), pickLogin(stored))
  if (login === undefined) return undefined
  const fields = names.map((name) => [
    name,
    mergeValue(getField(base, name), getField(local, name), getField(stored, name)),
  ])
  const authorizations = mergeEntries(base.authorizations, local.authorizations, stored.authorizations)
  return { ...Object.fromEntries(fields), ...login, authorizations }
}

/** Whether the account or the authentication level differs, which requires a new session ID. */
export function isOtherLogin(left: Login, right: Login): boolean {
  return left.accountId !== right.accountId || left.acr !== right.acr || !isDeepStrictEqual(left.amr, right.amr)
}

/** Whether `next` replaces `present`: it has another account, is later, or is as strong within the same second. */
export function supersedes(next: Login, current: Login): boolean {
  if (next.accountId !== current.accountId || current.loginTs === undefined) return true
  const [nextTime, currentTime] = [next.loginTs ?? 0, current.loginTs]
  return nextTime > currentTime || (nextTime === currentTime && levelOf(next) >= levelOf(current))
}

function mergeLogins(base: Login, local: Login, stored: Login): Login | undefined {
  if (isDeepStrictEqual(base, local)) return stored
  if (isDeepStrictEqual(base, stored)) return local
  if (local.accountId !== stored.accountId) return undefined
  return supersedes(local, stored) ? local : stored
}

function mergeEntries(base: Authorizations = {}, local: Authorizations = {}, stored: Authorizations = {}) {
  const clientIds = new Set([...Object.keys(stored), ...Object.keys(local)])
  const entries = [...clientIds].flatMap((id) => {
    const entry = mergeValue(base[id], local[id], stored[id])
    return entry === undefined ? [] : [[id, entry] as const]
  })
  return entries.length > 0 ? Object.fromEntries(entries) : undefined
}

function mergeValue<Value>(base: Value, local: Value, stored: Value): Value {
  return isDeepStrictEqual(base, local) ? stored : local
}

function pickLogin(content: SessionContent): Login {
  return Object.fromEntries(loginNames.map((name) => [name, content[name]]))
}

function getField(content: SessionContent, name: string): unknown {
  return Reflect.get(content, name)
}

function levelOf({ acr = '0' }: Login): number {
  return levels.indexOf(acr)
}
