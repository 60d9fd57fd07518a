import type { Api, ApiAccess, NewApiInput, NewClientInput } from '@pocket/core'
import { UserAgent } from '@pocket/core/testing'
import * as oidc from 'openid-client'
import { decide, type Host, signIn, visit } from './host.ts'
import { type Parameters, redirectUri, relyingParty, type Tokens } from './login.ts'
import { sendForm, verifyJwt } from './requests.ts'

export const resource = 'https://notes.example/api'

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
  options: { readonly api?: Partial<NewApiInput>; readonly client?: Partial<NewClientInput> } = {},
) {
  const party = await relyingParty(host, { client: options.client ?? {} })
  const api = await createNotesApi(host, options.api)
  const access = accessToApi(api, ['notes:read', 'notes:write'], ['notes:read'])
  await host.pocket.apis.setGrant(api.id, party.client.id, access)
  const { account, authenticator } = await host.person('ada')
  return { host, ...party, api, account, authenticator, agent: new UserAgent() }
}

export async function authorize({ agent, configuration }: Fixture, extra: Parameters = {}) {
  const url = oidc.buildAuthorizationUrl(configuration, {
    redirect_uri: redirectUri,
    scope: 'openid notes:read notes:write',
    resource,
    state: 'a state',
    ...extra,
  })
  const page = await visit(agent, url)
  const finish = (to: string | null, parameters: Parameters = {}): Promise<Tokens> =>
    oidc.authorizationCodeGrant(configuration, new URL(to ?? ''), { expectedState: 'a state' }, parameters)
  return { page, finish }
}

export async function requestTokens(fixture: Fixture, extra: Parameters = {}): Promise<Tokens> {
  const { page, finish } = await authorize(fixture, extra)
  const consent = await signIn(fixture.agent, page, fixture.authenticator)
  const returned = consent.location === null ? await decide(fixture.agent, consent) : consent
  return finish(returned.location)
}

export function verifyToken({ host }: Fixture, token: string) {
  return verifyJwt(host, token, { audience: resource, typ: 'at+jwt' })
}

/** An introspection request, authenticated with the secret of the API. */
export async function introspect(
  host: Host,
  by: { client: { id: string }; secret: string },
  token: string,
  accept = 'application/json',
) {
  const authorization = `Basic ${btoa(`${by.client.id}:${by.secret}`)}`
  const response = await sendForm(host, 'introspect', { token }, { accept, authorization })
  return { type: response.headers.get('content-type'), text: await response.text() }
}

export async function isActive(
  host: Host,
  by: { client: { id: string }; secret: string },
  token: string,
): Promise<unknown> {
  return JSON.parse((await introspect(host, by, token)).text).active
}
