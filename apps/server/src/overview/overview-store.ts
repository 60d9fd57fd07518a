/** What was counted for one day in UTC. */
export interface DayCount {
  /** Days since the Unix epoch. */
  readonly day: number
  readonly count: number
}

/** Why sign-ins failed, the commonest reason first. */
export interface FailureCount {
  /** The code of the error. */
  readonly code: string
  readonly count: number
}

/** People who may sign in, by what they sign in with. */
export interface PeopleCounts {
  readonly total: number
  readonly withoutPasskey: number
  /** Of those with a single passkey those who have it on one device only are counted once more in `withSingleDevicePasskey`. */
  readonly withSinglePasskey: number
  readonly withSingleDevicePasskey: number
  readonly administratorsWithSingleDevicePasskey: number
}

export interface EmailCounts {
  readonly waiting: number
  /** When the oldest that waits was written; `null` where none waits. */
  readonly waitingSince: number | null
  /** Given up since the instant that was asked for. */
  readonly failed: number
}

/** Something with an end, and what it belongs to. */
export interface Ending {
  /** Of the client, or of the owner. */
  readonly id: string
  readonly name: string
  readonly endsAt: number
}

export interface ApiKeyEnding extends Ending {
  readonly ownerName: string | null
}

/** The first few, and how many there are. */
export interface Endings<Item extends Ending> {
  readonly items: readonly Item[]
  readonly total: number
}

/** What is a number or an instant of its own. */
export interface Standing {
  readonly approvals: number
  readonly invitations: number
  /** When the next invitation ends; `null` where there is none. */
  readonly invitationEndsAt: number | null
  /** Whether an import from LDAP waits for an administrator. */
  readonly isLdapWaiting: boolean
  readonly hasLdapFailed: boolean
  /** When the last import from LDAP began; `null` before the first one. */
  readonly ldapRanAt: number | null
  /** Where people are provisioned. */
  readonly scimTargets: number
  /** Of those the ones whose last run left something undone. */
  readonly scimFailed: number
  /** Since when the oldest of the keys that sign has signed; `null` before there are any. */
  readonly keySignsSince: number | null
}

/**
 * Reads for the overview what other tables hold, and changes nothing. Every method is one statement, and none of them
 * answers with more rows than a page shows. Instants in milliseconds since the Unix epoch.
 */
export interface OverviewStore {
  /** Sign-ins of each day since this instant; days without any are missing. */
  signIns(since: number): Promise<readonly DayCount[]>
  /** Of the newest `most` entries about sign-ins that failed since this instant. */
  failures(since: number, most: number): Promise<readonly FailureCount[]>
  people(): Promise<PeopleCounts>
  emails(failedSince: number): Promise<EmailCounts>
  /** Clients whose last secret has ended by then, the first to end first. */
  secrets(before: number, limit: number): Promise<Endings<Ending>>
  apiKeys(range: { readonly from: number; readonly to: number }, limit: number): Promise<Endings<ApiKeyEnding>>
  standing(now: number): Promise<Standing>
}
