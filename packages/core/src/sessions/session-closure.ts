import type { SessionLink } from './session-history-store.ts'

/** What a passkey led to. */
export interface SessionClosure {
  /** The `uid`s of sessions. */
  readonly sessions: ReadonlySet<string>
  /** The ids of passkeys, with the one that it began with. */
  readonly passkeys: ReadonlySet<string>
}

/**
 * Follows a passkey to the sessions in which it was used, from there to the passkeys that were registered in them and the
 * sessions that were approved from them, and so on.
 *
 * @param links of one account: no passkey and no approval leads to another one
 * @param sessions - the `uid`s of sessions that belong to it in any case
 */
export function closureOf(
  links: readonly SessionLink[],
  passkeyId: string | null,
  sessions: Iterable<string> = [],
): SessionClosure {
  const found = { sessions: new Set(sessions), passkeys: new Set(passkeyId === null ? [] : [passkeyId]) }
  const size = () => found.sessions.size + found.passkeys.size
  for (let before = -1; before !== size(); ) {
    before = size()
    for (const { sessionUid, kind, subject } of links) {
      if (kind === 'passkey_used' && found.passkeys.has(subject)) found.sessions.add(sessionUid)
      if (!found.sessions.has(sessionUid)) continue
      if (kind === 'passkey_registered') found.passkeys.add(subject)
      if (kind === 'session_approved') found.sessions.add(subject)
    }
  }
  return found
}

/** The passkey that was used last in a session. */
export function lastPasskeyUsed(links: readonly SessionLink[], sessionUid: string): SessionLink | undefined {
  return links
    .filter((link) => link.sessionUid === sessionUid && link.kind === 'passkey_used')
    .reduce<SessionLink | undefined>((last, link) => (last && last.at > link.at ? last : link), undefined)
}
