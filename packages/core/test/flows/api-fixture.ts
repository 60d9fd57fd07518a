import type { Api, ApiAccess, NewApiInput, NewClientInput } from '@pocket/core'
import { UserAgent } from '@pocket/core/testing'
import { createRemoteJWKSet, jwtVerify } from 'jose'
import * as oidc from 'openid-client'
import { decide, type Host, signIn } from './host.ts'

export const redirectUri = 'https://app.example/callback'
export const isRedirectUri = (url: string) => url.startsWith(redirectUri)
export const resource = 'https://notes.example/api'

export async function relyingParty(host: Host, input: Partial<NewClientInput> = {}) {
  const { client, secret } = await host.client({ redirectUris: [redirectUri], ...input })
  const configuration = await oidc.discovery(
    new URL(host.issuer),
    client.id,
    undefined,
    oidc.ClientSecretBasic(secret),
    { execute: [oidc.allowInsecureRequests] },
  )
  return { client, secret, configuration }
}

/** Two permissions that are granted, and a third that is granted to no client. */
export async function createNotesApi(host: Host, input: Partial<NewApiInput> = {}): Promise<Api> {
  const { id } = await host.pocket.apis.create({ name: 'Notes', resource, ...input })
  return host.pocket.apis.setPermissions(id, [
    { key: 'notes:read', name: 'Read notes', description: 'See what you have written' },
    { key: 'notes:write', name: 'Write notes' },
    { key: 'notes:delete', name: 'Delete notes' },
  ])
}

export function accessToApi(
  api: Api,
  user: readonly string[] | null,
  client: readonly string[] | null = null,
): ApiAccess {
  const permissionIds = (keys: readonly string[] | null) =>
    api.permissions.filter(({ key }) => keys?.includes(key)).map(({ id }) => id)
  return {
    userDelegatedAccess: user !== null,
    clientAccess: client !== null,
    userDelegatedPermissionIds: permissionIds(user),
    clientPermissionIds: permissionIds(client),
  }
}

export type Fixture = Awaited<ReturnType<typeof createFixture>>

export async function createFixture(
  host: Host,
  {
    api: apiInput = {},
    client: clientInput = {},
  }: {
    readonly api?: Partial<NewApiInput>
    readonly client?: Partial<NewClientInput>
  } = {},
) {
  const party = await relyingParty(host, clientInput)
  const api = await createNotesApi(host, apiInput)
  await host.pocket.apis.setGrant(
    api.id,
    party.client.id,
    accessToApi(api, ['notes:read', 'notes:write'], ['notes:read']),
  )
  const { account, authenticator } = await host.person('ada')
  return { host, ...party, api, account, authenticator, agent: new UserAgent() }
}

export async function authorize({ agent, configuration }: Fixture, extra: Readonly<Record<string, string>> = {}) {
  const url = oidc.buildAuthorizationUrl(configuration, {
    redirect_uri: redirectUri,
    scope: 'openid notes:read notes:write',
    resource,
    state: 'a state',
    ...extra,
  })
  const page = await agent.follow(await agent.get(url.href), { until: isRedirectUri })
  const finish = (
    to: string | null,
    parameters: Readonly<Record<string, string>> = {},
  ): Promise<oidc.TokenEndpointResponse & oidc.TokenEndpointResponseHelpers> =>
    oidc.authorizationCodeGrant(configuration, new URL(to ?? ''), { expectedState: 'a state' }, parameters)
  return { page, finish }
}

export async function requestTokens(
  fixture: Fixture,
  extra: Readonly<Record<string, string>> = {},
): Promise<oidc.TokenEndpointResponse & oidc.TokenEndpointResponseHelpers> {
  const { page, finish } = await authorize(fixture, extra)
  const consent = await signIn(fixture.agent, page, fixture.authenticator, isRedirectUri)
  const returned = consent.location === null ? await decide(fixture.agent, consent, 'submitTo', isRedirectUri) : consent
  return finish(returned.location)
}

export function verifyToken({ host }: Fixture, token: string) {
  const keys = createRemoteJWKSet(new URL(`${host.issuer}/.well-known/jwks.json`))
  return jwtVerify(token, keys, { issuer: host.issuer, audience: resource, typ: 'at+jwt' })
}

export function readParameters(to: string | null): URLSearchParams {
  return new URL(to ?? '').searchParams
}

/** An introspection request, authenticated with the secret of the API. */
export async function introspect(
  host: Host,
  by: { client: { id: string }; secret: string },
  token: string,
  accept = 'application/json',
) {
  const response = await fetch(`${host.issuer}/api/oidc/introspect`, {
    method: 'POST',
    headers: {
      accept,
      authorization: `Basic ${Buffer.from(`${by.client.id}:${by.secret}`).toString('base64')}`,
    },
    body: new URLSearchParams({ token }),
  })
  return { type: response.headers.get('content-type'), text: await response.text() }
}

export async function isActive(
  host: Host,
  by: { client: { id: string }; secret: string },
  token: string,
): Promise<unknown> {
  return JSON.parse((await introspect(host, by, token)).text).active
}
