import { NotFoundError } from '@pocket/core/errors'

/** The error of Pocket ID's API for an unknown client. */
export function clientNotFound(): NotFoundError {
  return new NotFoundError('not_found', 'There is no such client.', { details: { resource: 'OIDC client' } })
}
