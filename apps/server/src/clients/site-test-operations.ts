import { NotFoundError } from '@pocket/core/errors'
import { clientNotFound } from '../http/api/client-not-found.ts'
import { type Operation, operationsIn } from '../http/api/operation.ts'
import { namedObject, text } from '../http/api/schema.ts'
import type { Deps } from '../http/deps.ts'

const clientsApi = operationsIn('clients')

const schema = namedObject('SiteTestDto', {
  verdict: { type: 'string', enum: ['allow', 'sign_in', 'use_passkey', 'deny'] },
  rule: { type: ['integer', 'null'], description: 'The index of the rule that decides; `null` if none does.' },
  reason: text,
  description: text,
  headers: { type: 'object', additionalProperties: text },
})

export function siteTestOperations({ pocket }: Deps): readonly Operation[] {
  return [
    clientsApi.get('/api/oidc/clients/:id/site-test', {
      id: 'testOidcClientSite',
      summary: 'Test the access rules of a protected site with a request of a user',
      query: {
        url: { ...text, description: 'An `https` URL of the site; required.' },
        method: { ...text, description: '`GET` by default.' },
        userId: { ...text, description: 'The user, as if a passkey was just used; without it, no user is signed in.' },
      },
      response: { status: 200, schema },
      async handle({ params, query }) {
        const { url, method, userId } = query
        const request = {
          url: typeof url === 'string' ? url : '',
          method: typeof method === 'string' ? method : 'GET',
          accountId: typeof userId === 'string' ? userId : null,
        }
        return pocket.testSiteRequest(params.id ?? '', request).catch((cause: unknown) => {
          if (cause instanceof NotFoundError && cause.code === 'client_not_found') throw clientNotFound()
          if (cause instanceof NotFoundError)
            throw new NotFoundError('user_not_found', 'There is no such user.', { cause })
          throw cause
        })
      },
    }),
  ]
}
