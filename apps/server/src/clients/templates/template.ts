import type { ClientInput, ClientProtocolInput } from '@pocket/core'

/** One thing to enter at the application. */
export interface TemplateEntry {
  /** What the application itself calls it: the words of its page, or the name of a variable. */
  readonly label: string
  /**
   * What to enter there. In braces: `appName`, `discovery`, `issuer`, `clientId`, `clientSecret`, `redirectUri` (the first one),
   * `address` (where the application is), and the names of endpoints.
   */
  readonly value: string
}

/** How an application is connected. What people read about it is below `templates.ID` in the catalogue. */
export interface ClientTemplate {
  readonly id: string
  /** What it is called. */
  readonly name: string
  /** Where it could be, as an example; `null` where its addresses are the same everywhere. */
  readonly example: string | null
  /** Where it listens unless somebody has changed that. */
  readonly port?: number
  /** Whether it can be below a path of its host. */
  readonly hasPath?: boolean
  /** With `{address}` for where it is, without a slash at its end. */
  readonly redirectUris: readonly string[]
  readonly postLogoutRedirectUris?: readonly string[]
  readonly backchannelLogoutUri?: string
  readonly settings?: Pick<ClientInput, 'isPublic' | 'pkceRequired'>
  readonly protocol?: ClientProtocolInput
  /** The way to the page or file, in the application's own words. */
  readonly where: readonly string[]
  readonly entries: readonly TemplateEntry[]
}

/** A row a thing to enter: what the application calls it, and what to enter. */
export function entries(rows: readonly (readonly [label: string, value: string])[]): readonly TemplateEntry[] {
  return rows.map(([label, value]) => ({ label, value }))
}
