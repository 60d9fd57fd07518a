/**
 * A problem or recommendation, with a link to the page that resolves it. Its message is `overview.findings.NAME` in the
 * catalog.
 */
export interface Finding {
  readonly name: FindingName
  /** `bad`: something is broken; `soon`: something will break; `advice`: a recommendation. */
  readonly severity: 'bad' | 'soon' | 'advice'
  /** The name of the affected item, if there is exactly one. */
  readonly about: string | null
  /** The number of affected items, if there is no single name. */
  readonly count: number
  /** When it happens or happened, in milliseconds since the Unix epoch. */
  readonly at: number | null
  readonly href: string
}

/** In the order that the command line prints them. */
export const checkNames = [
  'database',
  'migrations',
  'keys',
  'disk',
  'clock',
  'address',
  'certificate',
  'proxy',
  'passkeys',
  'mail',
  'ldap',
  'scim',
  'backups',
  'administrators',
  'clients',
  'configuration',
  'jobs',
  'version',
] as const
export type CheckName = (typeof checkNames)[number]

export const checkOfFinding = {
  databaseUnusable: 'database',
  databaseFailed: 'database',
  databaseReadOnly: 'database',
  migrationsMissing: 'migrations',
  keysUnreadable: 'keys',
  keyOverdue: 'keys',
  diskFull: 'disk',
  clockDiffers: 'clock',
  addressUnknown: 'address',
  addressRefused: 'address',
  addressTimeout: 'address',
  addressFailed: 'address',
  addressOfOther: 'address',
  issuerDiffers: 'address',
  certificateUntrusted: 'certificate',
  certificateEnded: 'certificate',
  certificateEnds: 'certificate',
  proxyNotTrusted: 'proxy',
  proxyHeaderMissing: 'proxy',
  relatedOriginsUnreachable: 'passkeys',
  relatedOriginMissing: 'passkeys',
  passkeysOfOtherHost: 'passkeys',
  mailFailed: 'mail',
  emailFailed: 'mail',
  emailStuck: 'mail',
  emailMissing: 'mail',
  ldapFailed: 'ldap',
  ldapWaiting: 'ldap',
  scimFailed: 'scim',
  scimUnusable: 'scim',
  scimTokenRefused: 'scim',
  backupsUnknown: 'backups',
  backupOld: 'backups',
  backupMissing: 'backups',
  backupOnSameDisk: 'backups',
  administratorsWithoutPasskey: 'administrators',
  soleAdministratorOnOneDevice: 'administrators',
  administratorOnOneDevice: 'administrators',
  approvals: 'administrators',
  recoveries: 'administrators',
  breakGlassUsed: 'administrators',
  secretEnded: 'clients',
  secretEnds: 'clients',
  apiKeyEnds: 'clients',
  signInsFail: 'clients',
  configurationInvalid: 'configuration',
  configurationFailed: 'configuration',
  configurationOutdated: 'configuration',
  configurationConflict: 'configuration',
  configurationReplaced: 'configuration',
  configurationDrifted: 'configuration',
  jobFailed: 'jobs',
  newVersion: 'version',
} as const satisfies Record<string, CheckName>
export type FindingName = keyof typeof checkOfFinding

/** Whether the finding means that a URL of this server cannot be reached from its own network. */
export function isUnreachable({ name }: Finding): boolean {
  return ['addressUnknown', 'addressRefused', 'addressTimeout', 'relatedOriginsUnreachable'].includes(name)
}

/** A finding with the defaults, such as severity `bad`, that `changes` does not override. */
export function findingOf(name: FindingName, href: string, changes: Partial<Finding> = {}): Finding {
  return { name, severity: 'bad', about: null, count: 1, at: null, href, ...changes }
}
