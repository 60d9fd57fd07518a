import type { AuthenticationCeremony } from '@pocket/core'

/** `/lc` and `/lc/CODE`: sign-in with a login code. */
export interface CodePage {
  readonly view: 'code'
  /** The field value: empty, the code of the link, or the previous input. */
  readonly code: string
  readonly fromLink: boolean
  /** The error of a rejected code: `code_invalid`, `account_disabled` or `required`. */
  readonly problem: string | null
  readonly hasRecovery: boolean
  readonly recoverByEmail: boolean
  /** The form that requests a code by e-mail; `null` if disabled. */
  readonly byEmail: {
    readonly email: string
    readonly sent: boolean
    readonly problem: string | null
  } | null
  /**
   * Offers the device's passkeys in the code field; `null` if a link has filled the field, a code was rejected, or one was sent
   * by e-mail.
   */
  readonly ceremony: AuthenticationCeremony | null
  /** The path to continue with afterwards, sent back as `redirect`. */
  readonly redirect: string
}

declare module '../http/page-models.ts' {
  interface PageModels {
    readonly code: CodePage
  }
}
