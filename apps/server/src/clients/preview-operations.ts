import { InvalidInputError, NotFoundError } from '@pocket/core/errors'
import { clientNotFound } from '../http/api/client-not-found.ts'
import { type Operation, operationsIn } from '../http/api/operation.ts'
import { namedObject } from '../http/api/schema.ts'
import type { Deps } from '../http/deps.ts'

const clientsApi = operationsIn('clients')

type Claims = Readonly<Record<string, unknown>>

const claims = { type: 'object', additionalProperties: true } as const

const previewSchema = namedObject('OidcClientPreviewDto', { idToken: claims, accessToken: claims, userInfo: claims })

/** `/api/oidc/clients/:id/preview/:userId`: the claims that a client would receive about a user. */
export function previewOperations({ pocket }: Deps): readonly Operation[] {
  return [
    clientsApi.get('/api/oidc/clients/:id/preview/:userId', {
      id: 'previewOidcClient',
      summary: 'Preview the tokens and claims that a client receives about a user',
      note: 'A limited API key needs `read:users` too.',
      query: { scopes: { type: 'string', description: 'Space-separated scopes; required.' } },
      response: { status: 200, schema: previewSchema },
      async handle({ params, query }) {
        const { scopes } = query
        if (typeof scopes !== 'string' || scopes.trim() === '')
          throw new InvalidInputError('validation_failed', 'scopes is required', {
            fields: [{ field: 'scopes', code: 'required', message: 'is required' }],
          })
        try {
          const preview = await pocket.previewTokens(params.id ?? '', params.userId ?? '', scopes)
          return {
            ...preview,
            idToken: claimsDto(preview.idToken),
            accessToken: claimsDto(preview.accessToken),
          }
        } catch (cause) {
          if (cause instanceof NotFoundError && cause.code === 'client_not_found') throw clientNotFound()
          if (cause instanceof NotFoundError && cause.code === 'account_not_found')
            throw new NotFoundError('user_not_found', 'There is no such user.', { cause })
          throw cause
        }
      },
    }),
  ]
}

/** As Pocket ID shows claims: instants as text, and audiences as a list. */
function claimsDto(claims: Claims): Claims {
  const { aud, iat, exp } = claims
  return { ...claims, aud: [aud].flat(), iat: instantText(iat), exp: instantText(exp) }
}

/** RFC 3339. */
function instantText(seconds: unknown): string {
  return new Date(Number(seconds) * 1000).toISOString().replace('.000Z', 'Z')
}
