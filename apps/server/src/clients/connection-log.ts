import type { ConnectionAttempt } from '@pocket/core'
import { type Operation, operationsIn } from '../http/api/operation.ts'
import { flag, instant, namedObject, nullableText, text } from '../http/api/schema.ts'
import type { Deps } from '../http/deps.ts'
import type { ClientAdministration } from './administration.ts'

const clientsApi = operationsIn('clients')

const attempt = {
  id: text,
  createdAt: instant,
  endpoint: {
    type: 'string',
    enum: ['authorization', 'pushed_authorization_request', 'device_authorization', 'token', 'forward_auth'],
  },
  userID: nullableText,
  username: nullableText,
  parameters: { type: 'object', additionalProperties: text, description: 'Secrets, codes and tokens are redacted.' },
  ignoredParameters: { type: 'array', items: text },
  clientAuthentication: nullableText,
  pkce: flag,
  redirectURI: nullableText,
  succeeded: flag,
  error: nullableText,
  reason: nullableText,
  requestId: text,
  ipAddress: nullableText,
} as const

const schema = namedObject('ConnectionAttemptDto', attempt)

/** An attempt with the name of the user, if known. */
export type AttemptWithUser = ConnectionAttempt & { readonly userName: string | null }

/** Recent attempts of a client. Each name is looked up once. */
export async function namedAttempts(
  { pocket, directory }: Deps,
  clientId: string,
): Promise<readonly AttemptWithUser[]> {
  const attempts = await pocket.connectionLog.list(clientId)
  const ids = [...new Set(attempts.flatMap(({ accountId }) => (accountId === null ? [] : [accountId])))]
  const names = new Map(
    await Promise.all(ids.map(async (id) => [id, (await directory.accounts.find(id))?.userName] as const)),
  )
  return attempts.map((attempt) => ({ ...attempt, userName: names.get(attempt.accountId ?? '') ?? null }))
}

export function connectionLogOperations(
  deps: Deps,
  { getClient }: Pick<ClientAdministration, 'getClient'>,
): readonly Operation[] {
  return [
    clientsApi.get('/api/oidc/clients/:id/connection-log', {
      id: 'listOidcClientConnectionAttempts',
      summary: 'List the last 50 authorization and token attempts of a client, newest first',
      response: { status: 200, schema: { type: 'array', items: schema } },
      async handle({ params }) {
        const id = params.id ?? ''
        await getClient(id)
        return (await namedAttempts(deps, id)).map(attemptDto)
      },
    }),
  ]
}

function attemptDto(attempt: AttemptWithUser) {
  const { at, accountId, userName, redirectUri, ...fields } = attempt
  const { clientId: _clientId, sequence: _sequence, unauthenticatedNetwork: _network, ...rest } = fields
  return {
    ...rest,
    createdAt: new Date(at).toISOString(),
    userID: accountId,
    username: userName,
    redirectURI: redirectUri,
  }
}
