import { decide, type Host, openBrowser, signIn } from './host.ts'
import { authorizationUrl, redirectUri } from './login.ts'
import { sendForm } from './requests.ts'

export const form = 'application/x-www-form-urlencoded'

export async function startSignIn(host: Host) {
  const { client, secret } = await host.client({ redirectUris: [redirectUri] })
  const { authenticator, account } = await host.person('ada')
  const { agent, page } = await openBrowser(authorizationUrl(host, client.id, { scope: 'openid profile' }))
  return { client, secret, authenticator, account, agent, page }
}

export async function createFixtureWithCode(host: Host) {
  const fixture = await startSignIn(host)
  const { agent, page, authenticator } = fixture
  const returned = await decide(agent, await signIn(agent, page, authenticator))
  return { ...fixture, code: new URL(returned.location ?? '').searchParams.get('code') ?? '' }
}

export function requestToken(host: Host, fields: Readonly<Record<string, string>>): Promise<Response> {
  return sendForm(host, 'token', { grant_type: 'authorization_code', redirect_uri: redirectUri, ...fields })
}
