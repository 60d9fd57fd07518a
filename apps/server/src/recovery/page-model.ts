/** Tells a signed-in user that a recovery code was used. Instants are milliseconds since the Unix epoch. */
export interface RecoveryNotice {
  readonly usedAt: number
  readonly ipAddress: string | null
  readonly device: string
}

/** The user's recovery codes. */
export interface RecoveryCodeSummary {
  /** The number of unused codes. */
  readonly left: number
  /** The size of a new set. */
  readonly total: number
}

/** `/recover`: adds a passkey after a recovery code was entered. */
export interface RecoverPage {
  readonly view: 'recover'
  readonly name: string
  readonly submitTo: string
}

/** `/settings/account/recovery-codes`: shows a new set of codes once. */
export interface RecoveryCodesPage {
  readonly view: 'recovery-codes'
  readonly userName: string
  readonly codes: readonly string[]
  /** When the set was created. */
  readonly createdAt: number
  readonly backTo: string
}

declare module '../http/page-models.ts' {
  interface PageModels {
    readonly recover: RecoverPage
    readonly 'recovery-codes': RecoveryCodesPage
  }
}
