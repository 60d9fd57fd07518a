import { NotFoundError } from '@pocket/core/errors'

export function clientNotFound(): NotFoundError {
  return new NotFoundError('not_found', 'There is no such client.', { details: { resource: 'OIDC client' } })
}
