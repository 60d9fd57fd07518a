import { UserAgent } from '@pocket/core/testing'
import { decide, type Host, signIn } from './host.ts'

export const redirectUri = 'https://client.example'
export const isRedirectUri = (url: string) => url.startsWith(redirectUri)
export const form = 'application/x-www-form-urlencoded'

export function authorizeUrl(host: Host, clientId: string, extra: Readonly<Record<string, string>> = {}): string {
  const query = new URLSearchParams({
    client_id: clientId,
    redirect_uri: redirectUri,
    response_type: 'code',
    scope: 'openid profile',
    ...extra,
  })
  return `${host.issuer}/authorize?${query}`
}

export async function startSignIn(host: Host) {
  const { client, secret } = await host.client({ redirectUris: [redirectUri] })
  const { authenticator, account } = await host.person('ada')
  const agent = new UserAgent()
  const page = await agent.follow(await agent.get(authorizeUrl(host, client.id)))
  return { client, secret, authenticator, account, agent, page }
}

export async function createFixtureWithCode(host: Host) {
  const fixture = await startSignIn(host)
  const { agent, page, authenticator } = fixture
  const returned = await decide(
    agent,
    await signIn(agent, page, authenticator, isRedirectUri),
    'submitTo',
    isRedirectUri,
  )
  return { ...fixture, code: new URL(returned.location ?? '').searchParams.get('code') ?? '' }
}

export function requestToken(host: Host, fields: Readonly<Record<string, string>>): Promise<Response> {
  return fetch(`${host.issuer}/api/oidc/token`, {
    method: 'POST',
    body: new URLSearchParams({ grant_type: 'authorization_code', redirect_uri: redirectUri, ...fields }),
  })
}
