import { type ClientMetadata, errors } from 'oidc-provider'

/**
 * Rejects URIs that only administrators may register: wildcards, and non-HTTPS URIs for `initiate_login_uri` or for ID tokens
 * from the authorization endpoint (OpenID Connect Dynamic Client Registration §2).
 *
 * @throws InvalidClientMetadata
 */
export function assertRedirects({
  redirect_uris = [],
  post_logout_redirect_uris = [],
  response_types = [],
  application_type = 'web',
  initiate_login_uri,
}: ClientMetadata): void {
  if (redirect_uris.some((uri) => uri.includes('*')))
    throw new errors.InvalidClientMetadata('redirect_uris must not contain wildcards')
  if (post_logout_redirect_uris.some((uri) => uri.includes('*')))
    throw new errors.InvalidClientMetadata('post_logout_redirect_uris must not contain wildcards')
  if (initiate_login_uri !== undefined && !/^https:/i.test(initiate_login_uri))
    throw new errors.InvalidClientMetadata('initiate_login_uri must use https')
  const isImplicit = application_type === 'web' && response_types.some((type) => type.split(' ').includes('id_token'))
  if (isImplicit && redirect_uris.some((uri) => !/^https:/i.test(uri)))
    throw new errors.InvalidClientMetadata('redirect_uris must use https for the implicit flow')
}
