import type { ClientInput, ClientProtocolInput } from '@pocket/core'

/** A field to fill in at the application. */
export interface TemplateEntry {
  /** The label or variable name that the application uses. */
  readonly label: string
  /**
   * The value to enter. Placeholders in braces: `appName`, `discovery`, `issuer`, `clientId`, `clientSecret`, `redirectUri`
   * (the first one), `address` (the URL of the application), `signingAlgorithm`, and the names of endpoints.
   */
  readonly value: string
}

/** How to connect an application. Its texts are below `templates.ID` in the catalog. */
export interface ClientTemplate {
  readonly id: string
  readonly name: string
  /** An example URL; `null` if the redirect URIs are the same for every installation. */
  readonly example: string | null
  /** The default port of the application. */
  readonly port?: number
  /** Whether the application can run below a path of its host. */
  readonly hasPath?: boolean
  /** `{address}` stands for the URL of the application without a trailing slash. */
  readonly redirectUris: readonly string[]
  readonly postLogoutRedirectUris?: readonly string[]
  readonly backchannelLogoutUri?: string
  readonly settings?: Pick<ClientInput, 'isPublic' | 'pkceRequired'>
  readonly protocol?: ClientProtocolInput
  /** The menu path or file name as the application labels it. */
  readonly where: readonly string[]
  readonly entries: readonly TemplateEntry[]
}

export function entries(rows: readonly (readonly [label: string, value: string])[]): readonly TemplateEntry[] {
  return rows.map(([label, value]) => ({ label, value }))
}
