import { NotFound } from '@pocket/core/errors'

/** The contract's error for an unknown client. */
export function clientNotFound(): NotFound {
  return new NotFound('not_found', 'There is no such client.', { details: { resource: 'OIDC client' } })
}
