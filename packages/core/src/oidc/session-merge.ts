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
const strengths = ['0', '1', 'phr']

/**
 * Three-way merge of a session read as `base`, changed locally to `mine` and by another request to `stored`. A changed value
 * wins over an unchanged one; authorizations are merged per client. Returns `undefined` if both sides signed in different
 * accounts.
 */
export function mergeSessions(
  base: SessionContent,
  mine: SessionContent,
  stored: SessionContent,
  names: readonly string[],
): SessionContent | undefined {
  const login = mergeLogins(loginOf(base), loginOf(mine), loginOf(stored))
  if (login === undefined) return undefined
  const others = names.map((name) => [name, changed(fieldOf(base, name), fieldOf(mine, name), fieldOf(stored, name))])
  const authorizations = mergeEntries(base.authorizations, mine.authorizations, stored.authorizations)
  return { ...Object.fromEntries(others), ...login, authorizations }
}

/** Whether the account or the authentication level differs, which requires a new session ID. */
export function isOtherLogin(one: Login, other: Login): boolean {
  return one.accountId !== other.accountId || one.acr !== other.acr || !isDeepStrictEqual(one.amr, other.amr)
}

/** Whether `next` replaces `present`: it has another account, is later, or is as strong within the same second. */
export function supersedes(next: Login, present: Login): boolean {
  if (next.accountId !== present.accountId || present.loginTs === undefined) return true
  const [later, earlier] = [next.loginTs ?? 0, present.loginTs]
  return later > earlier || (later === earlier && strengthOf(next) >= strengthOf(present))
}

function mergeLogins(base: Login, mine: Login, stored: Login): Login | undefined {
  if (isDeepStrictEqual(base, mine)) return stored
  if (isDeepStrictEqual(base, stored)) return mine
  if (mine.accountId !== stored.accountId) return undefined
  return supersedes(mine, stored) ? mine : stored
}

function mergeEntries(base: Authorizations = {}, mine: Authorizations = {}, stored: Authorizations = {}) {
  const clientIds = new Set([...Object.keys(stored), ...Object.keys(mine)])
  const entries = [...clientIds].flatMap((id) => {
    const entry = changed(base[id], mine[id], stored[id])
    return entry === undefined ? [] : [[id, entry] as const]
  })
  return entries.length > 0 ? Object.fromEntries(entries) : undefined
}

function changed<Value>(base: Value, mine: Value, stored: Value): Value {
  return isDeepStrictEqual(base, mine) ? stored : mine
}

function loginOf(content: SessionContent): Login {
  return Object.fromEntries(loginNames.map((name) => [name, content[name]]))
}

function fieldOf(content: SessionContent, name: string): unknown {
  return Reflect.get(content, name)
}

function strengthOf({ acr = '0' }: Login): number {
  return strengths.indexOf(acr)
}
