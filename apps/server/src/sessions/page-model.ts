/** A session for its owner. Instants are milliseconds since the Unix epoch. */
export interface SessionLine {
  readonly id: string
  /** Browser and operating system; empty if unknown. */
  readonly device: string
  readonly ipAddress: string | null
  /** The location of the IP address, in English; empty if unknown. */
  readonly country: string
  readonly city: string
  readonly startedAt: number
  readonly lastUsedAt: number
  readonly clients: readonly { readonly id: string; readonly name: string }[]
  readonly current: boolean
}
