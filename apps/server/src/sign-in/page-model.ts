import type { AuthenticationCeremony } from '@pocket/core'

/** `/lc` and `/lc/CODE`: lets somebody in by a login code. */
export interface CodePage {
  readonly view: 'code'
  /** What the field holds: nothing, the code of the link, or what was typed before. */
  readonly code: string
  /** Whether a link filled the code in. */
  readonly fromLink: boolean
  /** Why the code was refused: `code_invalid`, `account_disabled` or `required`. */
  readonly problem: string | null
  /** How to ask for a code by e-mail; `null` where that is turned off. */
  readonly byEmail: {
    readonly email: string
    /** Whether one was just asked for. */
    readonly sent: boolean
    /** Why the address was refused. */
    readonly problem: string | null
  } | null
  /** Offers the passkeys of the device in the field of the code; `null` if a link has filled it in, a code was refused, or one was sent by e-mail. */
  readonly ceremony: AuthenticationCeremony | null
  /** The path to go to afterwards, sent back as `redirect`. */
  readonly redirect: string
}
