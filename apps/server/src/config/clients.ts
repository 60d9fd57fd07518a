import type { Reader } from './reader.ts'
import { parseBoolean, type Section, type Variable } from './variable.ts'

const allowInsecureCallbackUrls: Variable<boolean> = {
  name: 'ALLOW_INSECURE_CALLBACK_URLS',
  type: 'boolean',
  default: 'true',
  description:
    'Whether the callback URLs of applications may begin with `http://`, as in a network at home. Without it only `https://`, the own schemes of apps and loopback addresses such as `http://localhost` may be used: applications that have others can sign nobody in.',
  parse: parseBoolean,
}

export const clientsSection = {
  title: 'Applications',
  variables: { allowInsecureCallbackUrls },
} satisfies Section

export interface ClientsConfig {
  /** Whether redirect URIs may be plain http beyond loopback addresses. */
  readonly allowInsecureCallbackUrls: boolean
}

export function readClients(reader: Reader): ClientsConfig {
  return { allowInsecureCallbackUrls: reader.read(allowInsecureCallbackUrls) ?? true }
}
