import { setTimeout as delay } from 'node:timers/promises'
import type { SoftwareAuthenticator, UserAgent } from '@pocket/core/testing'

const redirectUri = 'https://app.example/callback'
const verifier = 'a-verifier-of-more-than-forty-three-characters'
const challenge = 'AKaopYQ563pi9GQf83eEMKvsNOZCHLRRNarAWfXnrnQ'
const isApplicationUrl = (url: string) => url.startsWith(redirectUri)

export interface Application {
  readonly id: string
  readonly secret: string
}

export const applicationSettings = { name: 'App', callbackURLs: [redirectUri], skipConsent: true }

/** The error of a request that a reload would repeat. */
class RequestFailed extends Error {}

/** Repeats a request like a browser's reload, until it succeeds. */
export async function withReloads<T>(attempt: () => Promise<T>, onReload: () => void, maxReloads = 200): Promise<T> {
  for (let reloads = 0; ; reloads += 1) {
    try {
      return await attempt()
    } catch (error) {
      if (reloads === maxReloads) throw error
      onReload()
      await delay(250)
    }
  }
}

/** One sign-in with a passkey at an application, from the authorization to the tokens. */
export async function signIn(url: string, application: Application, agent: UserAgent, passkey: SoftwareAuthenticator) {
  const query = new URLSearchParams({
    ...{ client_id: application.id, redirect_uri: redirectUri, response_type: 'code', scope: 'openid offline_access' },
    ...{ prompt: 'login', state: 'state', code_challenge: challenge, code_challenge_method: 'S256' },
  })
  const page = await agent.follow(await agent.get(`${url}/authorize?${query}`), { until: isApplicationUrl })
  const attribute = /data-ceremony="([^"]+)"/.exec(page.text)?.[1]
  if (attribute === undefined) throw new RequestFailed(`no sign-in page: ${page.status}`)
  const { options, submitTo } = JSON.parse(attribute.replaceAll('&#34;', '"').replaceAll('&amp;', '&'))
  const response = passkey.get(options, { origin: url })
  const result = await agent.postJson(new URL(submitTo, url).href, { response })
  if (result.status !== 200) throw new RequestFailed(`the assertion was answered with ${result.status}`)
  const { redirectTo } = result.json() as { readonly redirectTo: string }
  const { location } = await agent.follow(await agent.get(new URL(redirectTo, url).href), { until: isApplicationUrl })
  const code = new URL(location ?? '').searchParams.get('code') ?? ''
  return requestToken(url, application, {
    grant_type: 'authorization_code',
    ...{ code, redirect_uri: redirectUri, code_verifier: verifier },
  })
}

export interface Tokens {
  readonly access_token: string
  readonly refresh_token: string
  readonly id_token: string
}

/** @throws {RefusedError} if the provider rejects the grant */
export async function requestToken(url: string, { id, secret }: Application, fields: Readonly<Record<string, string>>) {
  const headers = { authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}` }
  const response = await fetch(`${url}/api/oidc/token`, { method: 'POST', headers, body: new URLSearchParams(fields) })
  const text = await response.text()
  if (response.status === 400) throw new RefusedError(text)
  if (response.status !== 200) throw new RequestFailed(`the token request was answered with ${response.status}`)
  return JSON.parse(text) as Tokens
}

/** The provider rejected the request; retrying cannot succeed. */
export class RefusedError extends Error {}
