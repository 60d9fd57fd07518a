import type { SessionLink } from './session-history-store.ts'

/** The sessions and passkeys derived from a passkey. */
export interface SessionClosure {
  /** The `uid`s of sessions. */
  readonly sessions: ReadonlySet<string>
  /** The IDs of passkeys, including the initial one. */
  readonly passkeys: ReadonlySet<string>
}

/**
 * Computes the transitive closure of a passkey: the sessions that used it, the passkeys registered and the sessions approved in
 * them, and so on.
 *
 * @param links of one account, because links never cross accounts
 * @param sessions - the `uid`s of additional sessions to start from
 */
export function computeClosure(
  links: readonly SessionLink[],
  passkeyId: string | null,
  sessions: Iterable<string> = [],
): SessionClosure {
  const closure = { sessions: new Set(sessions), passkeys: new Set(passkeyId === null ? [] : [passkeyId]) }
  const size = () => closure.sessions.size + closure.passkeys.size
  for (let before = -1; before !== size(); ) {
    before = size()
    for (const { sessionUid, kind, subject } of links) {
      if (kind === 'passkey_used' && closure.passkeys.has(subject)) closure.sessions.add(sessionUid)
      if (!closure.sessions.has(sessionUid)) continue
      if (kind === 'passkey_registered') closure.passkeys.add(subject)
      if (kind === 'session_approved') closure.sessions.add(subject)
    }
  }
  return closure
}

export function lastPasskeyUsed(links: readonly SessionLink[], sessionUid: string): SessionLink | undefined {
  return links
    .filter((link) => link.sessionUid === sessionUid && link.kind === 'passkey_used')
    .reduce<SessionLink | undefined>((last, link) => (last && last.at > link.at ? last : link), undefined)
}
