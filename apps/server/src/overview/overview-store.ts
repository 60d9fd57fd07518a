/** The count of one day in UTC. */
export interface DayCount {
  /** Days since the Unix epoch. */
  readonly day: number
  readonly count: number
}

/** Reasons for failed sign-ins, most frequent first. */
export interface FailureCount {
  /** The error code. */
  readonly code: string
  readonly count: number
}

/** Users who can sign in, by authentication method. */
export interface UserCounts {
  readonly total: number
  readonly withoutPasskey: number
  /** Users with a single passkey that is bound to one device are also counted in `withSingleDevicePasskey`. */
  readonly withSinglePasskey: number
  readonly withSingleDevicePasskey: number
  readonly administratorsWithSingleDevicePasskey: number
}

export interface EmailCounts {
  readonly waiting: number
  /** When the oldest waiting e-mail was created; `null` if none is waiting. */
  readonly waitingSince: number | null
  /** E-mails that failed permanently since the requested instant. */
  readonly failed: number
}

/** An item that expires, and its owner. */
export interface ExpiringItem {
  /** The ID of the client or owner. */
  readonly id: string
  readonly name: string
  readonly endsAt: number
}

export interface ExpiringApiKey extends ExpiringItem {
  readonly ownerName: string | null
}

/** The first items, and the total. */
export interface ExpiringItems<Item extends ExpiringItem> {
  readonly items: readonly Item[]
  readonly total: number
}

/** Other current counts and instants. */
export interface InstanceStatus {
  readonly approvals: number
  readonly invitations: number
  /** When the next invitation expires; `null` if there is none. */
  readonly invitationEndsAt: number | null
  /** Whether an LDAP import waits for confirmation. */
  readonly isLdapWaiting: boolean
  readonly hasLdapFailed: boolean
  /** When the last LDAP import started; `null` before the first one. */
  readonly ldapRanAt: number | null
  /** The number of SCIM targets. */
  readonly scimTargets: number
  /** The number of targets whose last run was incomplete. */
  readonly scimFailed: number
  /** When the oldest active signing key became active; `null` if there is none. */
  readonly keySignsSince: number | null
}

/**
 * Read-only queries for the overview. Every method is one statement that returns no more rows than a page shows. Instants in
 * milliseconds since the Unix epoch.
 */
export interface OverviewStore {
  /** Sign-ins per day since this instant; days without sign-ins are missing. */
  countSignIns(since: number): Promise<readonly DayCount[]>
  /** Failures among the latest `limit` failed sign-ins since this instant. */
  countFailures(since: number, limit: number): Promise<readonly FailureCount[]>
  countUsers(): Promise<UserCounts>
  countEmails(failedSince: number): Promise<EmailCounts>
  /** Clients whose last secret expires before this instant, the earliest first. */
  listExpiringSecrets(before: number, limit: number): Promise<ExpiringItems<ExpiringItem>>
  listExpiringApiKeys(
    range: { readonly from: number; readonly to: number },
    limit: number,
  ): Promise<ExpiringItems<ExpiringApiKey>>
  readStatus(now: number): Promise<InstanceStatus>
}
