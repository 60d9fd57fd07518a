/** Tells a signed-in user about recoveries of the account. Instants are milliseconds since the Unix epoch. */
export interface RecoveryNotice {
  readonly used: { readonly at: number; readonly ipAddress: string | null; readonly device: string } | null
  /** When the code of a pending recovery by e-mail is sent. */
  readonly pendingUntil: number | null
}

/** The user's recovery codes. */
export interface RecoveryCodeSummary {
  readonly left: number
  /** The size of a new set. */
  readonly total: number
}

/** `/recover/email`: requests a recovery by e-mail. */
export interface RecoverByEmailPage {
  readonly view: 'recover-by-email'
  readonly email: string
  readonly problem: string | null
  /** Whether a recovery was just requested. */
  readonly sent: boolean
  readonly days: number
}

/** `/recover/stop`: stops a recovery by e-mail. `ended`: there is none, or it was stopped. `used`: its code added a passkey. */
export interface StopRecoveryPage {
  readonly view: 'stop-recovery'
  readonly state: 'ask' | 'stopped' | 'ended' | 'used'
  readonly userName: string
  readonly token: string
}

/** `/recover`: adds a passkey after a recovery code was entered. */
export interface RecoverPage {
  readonly view: 'recover'
  readonly name: string
  readonly submitTo: string
}

/** `/settings/account/recovery-codes`: shows a new set of codes, or a break-glass code, once. */
export interface RecoveryCodesPage {
  readonly view: 'recovery-codes'
  readonly isBreakGlass: boolean
  readonly userName: string
  readonly codes: readonly string[]
  readonly createdAt: number
  readonly backTo: string
}

/** `/settings/account/break-glass-code`: offers an administrator a break-glass code, at the end of the set-up. */
export interface BreakGlassCodePage {
  readonly view: 'break-glass-code'
  readonly submitTo: string
  readonly backTo: string
}

declare module '../http/page-models.ts' {
  interface PageModels {
    readonly recover: RecoverPage
    readonly 'recover-by-email': RecoverByEmailPage
    readonly 'stop-recovery': StopRecoveryPage
    readonly 'recovery-codes': RecoveryCodesPage
    readonly 'break-glass-code': BreakGlassCodePage
  }
}
