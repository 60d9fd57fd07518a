import { type ClientMetadata, errors } from 'oidc-provider'

/**
 * What programs may not register as addresses where people are sent, though administrators may: wildcards, and anything but
 * https for an ID token that comes straight from the authorization endpoint, and for the address at which others begin a
 * login (OpenID Connect Dynamic Client Registration §2).
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
