import type { ClientProtocol, Pocket } from '@pocket/core'
import type { ClientTemplate } from './template.ts'

/** The values to enter at the application, with the application's own labels. */
export interface Instructions {
  readonly id: string
  readonly name: string
  readonly where: readonly string[]
  readonly entries: readonly {
    readonly label: string
    /** `null`: contains the secret, which is not available now. */
    readonly value: string | null
  }[]
}

export interface InstructionValues {
  readonly pocket: Pick<Pocket, 'issuer' | 'endpoints'>
  readonly appName: string
  readonly client: {
    readonly id: string
    readonly redirectUris: readonly string[]
    readonly protocol: Pick<ClientProtocol, 'idTokenSignedResponseAlg'>
  }
  /** The plaintext secret, if this request created it. */
  readonly secret: string | null
}

export function instructionsOf(
  { id, name, where, ...template }: ClientTemplate,
  parts: InstructionValues,
): Instructions {
  const { pocket, client, secret } = parts
  const redirectUri = client.redirectUris[0] ?? ''
  const pattern = template.redirectUris[0] ?? ''
  const values: Readonly<Record<string, string>> = {
    ...pocket.endpoints,
    issuer: pocket.issuer,
    discovery: `${pocket.issuer}/.well-known/openid-configuration`,
    appName: parts.appName,
    clientId: client.id,
    clientSecret: secret ?? '',
    redirectUri,
    signingAlgorithm: client.protocol.idTokenSignedResponseAlg,
    address: redirectUri.slice(0, redirectUri.length - pattern.replace('{address}', '').length),
  }
  const fillPlaceholders = (value: string) =>
    value.replace(/\{(\w+)\}/g, (placeholder, key: string) => values[key] ?? placeholder)
  return {
    id,
    name,
    where,
    entries: template.entries.map(({ label, value }) => ({
      label,
      value: secret === null && value.includes('{clientSecret}') ? null : fillPlaceholders(value),
    })),
  }
}
