import type { ClientMetadata } from 'oidc-provider'
import type { Client } from '../../clients/client.ts'

/** The grant types configured in the library; it rejects clients with any other. */
const grantTypes = new Set<unknown>([
  'authorization_code',
  'refresh_token',
  'client_credentials',
  'implicit',
  'urn:ietf:params:oauth:grant-type:device_code',
])

/**
 * The registered metadata that the library enforces, reduced to what is consistent with later changes by administrators,
 * because the library rejects contradictory clients.
 */
export function enforcedMetadata(
  { registration, protocol, isPublic }: Client,
  method: ClientMetadata['token_endpoint_auth_method'],
  allowedResponseTypes: readonly unknown[],
): Partial<ClientMetadata> {
  if (registration === null) return {}
  const grants = listOf(registration.grant_types, ['authorization_code'])
  const responses = listOf(registration.response_types, ['code'])
  const copiedFields = ['response_modes', 'scope', 'default_max_age', 'default_acr_values', 'require_auth_time']
  const signing = String(registration.token_endpoint_auth_signing_alg ?? '')
  const matchesMethod = signing.startsWith('HS') ? method === 'client_secret_jwt' : method === 'private_key_jwt'
  const hasKeys = protocol.jwks !== null || protocol.jwksUri !== null
  return {
    ...Object.fromEntries(Object.entries(registration).filter(([name]) => copiedFields.includes(name))),
    ...Object.fromEntries([
      ['grant_types', grants.filter((type) => grantTypes.has(type) && !(isPublic && type === 'client_credentials'))],
      ['response_types', responses.filter((type) => allowedResponseTypes.includes(type))],
    ]),
    ...pickIf(registration, 'token_endpoint_auth_signing_alg', signing !== '' && matchesMethod),
    ...pickIf(registration, 'request_object_signing_alg', hasKeys),
  }
}

function listOf(value: unknown, defaultValue: readonly string[]): readonly unknown[] {
  return Array.isArray(value) ? value : defaultValue
}

function pickIf(registration: Readonly<Record<string, unknown>>, name: keyof ClientMetadata, condition: boolean) {
  return condition && registration[name] !== undefined ? { [name]: registration[name] } : {}
}
