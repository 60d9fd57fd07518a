import Provider, { type AdapterPayload } from 'oidc-provider'

/** Removes the audience of an API token for UserInfo requests, because the audience is the API. */
export function withoutAudience(payload: AdapterPayload | undefined): AdapterPayload | undefined {
  if (Provider.ctx?.oidc?.route !== 'userinfo' || !payload?.scope?.split(' ').includes('openid')) return payload
  const { aud: _, ...rest } = payload
  return rest
}
