/** A session as its owner sees it. Instants are milliseconds since the Unix epoch. */
export interface SessionLine {
  readonly id: string
  /** Browser and system; empty where they are not known. */
  readonly device: string
  readonly ipAddress: string | null
  /** Where that is, in English; empty where it is not known. */
  readonly country: string
  readonly city: string
  readonly startedAt: number
  readonly lastUsedAt: number
  /** The applications that were entered in it. */
  readonly clients: readonly { readonly id: string; readonly name: string }[]
  /** Whether it is the one of this very browser. */
  readonly current: boolean
}
