import type { RequestListener } from 'node:http'
import { describe, expect, test } from '@jest/globals'
import { createPocket, type Pocket } from '@pocket/core'
import { memoryStores } from '@pocket/core/memory'
import { UserAgent } from '@pocket/core/testing'
import express from 'express'
import fastify from 'fastify'
import Koa from 'koa'
import mountAt from 'koa-mount'
import * as oidc from 'openid-client'
import { type Host, renderAsJson, startHost, viewOf } from './host.ts'
import { login, relyingParty } from './login.ts'

type Mount = (pocket: Pocket) => RequestListener | Promise<RequestListener>

/** Shows the signed-in user on a page of the host. */
const describeSession = async (pocket: Pocket, exchange: Parameters<Pocket['session']>) =>
  JSON.stringify({ account: (await pocket.session(...exchange))?.accountId ?? null, host: exchange[0].headers.host })

const mountKoa =
  (wrap: (pocket: Pocket) => Koa.Middleware): Mount =>
  (pocket) => {
    const app = new Koa()
    app.keys = ['the host has keys of its own']
    app.use(wrap(pocket))
    app.use(async (ctx) => {
      ctx.body = await describeSession(pocket, [ctx.req, ctx.res])
    })
    return app.callback()
  }

const mountExpress =
  (use: (app: express.Express, pocket: Pocket) => void): Mount =>
  (pocket) => {
    const app = express()
    use(app, pocket)
    app.use(express.json(), express.urlencoded())
    app.get('/who', async (req, res) => void res.type('json').send(await describeSession(pocket, [req, res])))
    return app
  }

const mountFastifyHook: Mount = async (pocket) => {
  const app = fastify()
  const handle = pocket.callback()
  app.addHook('onRequest', (request, reply, next) => handle(request.raw, reply.raw, () => next()))
  app.get('/who', async (request, reply) =>
    reply.type('application/json').send(await describeSession(pocket, [request.raw, reply.raw])),
  )
  await app.ready()
  return (req, res) => app.routing(req, res)
}

const mounts: readonly (readonly [string, string, Mount])[] = [
  ['Koa at the root', '', mountKoa((pocket) => pocket.koa())],
  ['Koa at the root, with a path in the issuer', '/auth', mountKoa((pocket) => pocket.koa())],
  ['koa-mount', '/auth', mountKoa((pocket) => mountAt('/auth', pocket.koa()))],
  ['Express at the root', '', mountExpress((app, pocket) => app.use(pocket.callback()))],
  ['Express, with a path in the issuer', '/auth/v1', mountExpress((app, pocket) => app.use(pocket.callback()))],
  ['Express below a path', '/auth', mountExpress((app, pocket) => app.use('/auth', pocket.callback()))],
  ['Fastify at the root', '', mountFastifyHook],
  ['Fastify, with a path in the issuer', '/auth', mountFastifyHook],
]

describe.each(mounts)('sign-in, mounted by %s', (_name, path, mount) => {
  test('a user signs in, the host sees the session, and the tokens are valid', async () => {
    await using host = await startHost({ path, mount })
    const { configuration, client } = await relyingParty(host)
    expect(configuration.serverMetadata().token_endpoint).toBe(`${host.issuer}/api/oidc/token`)
    const agent = new UserAgent()
    const { account, finish } = await login(host, configuration, { scope: 'openid profile offline_access' }, { agent })
    const tokens = await finish()
    expect(tokens.claims()).toMatchObject({ iss: host.issuer, sub: account.id, aud: client.id })
    const userInfo = await oidc.fetchUserInfo(configuration, tokens.access_token, account.id)
    expect(userInfo.name).toBe('ada Koch')
    const { origin, host: own } = new URL(host.issuer)
    expect((await agent.get(`${origin}/who`)).json()).toEqual({ account: account.id, host: own })
    await expect(oidc.refreshTokenGrant(configuration, tokens.refresh_token ?? '')).resolves.toBeDefined()
  })
})

describe.each(mounts)('sign-out, mounted by %s', (_name, path, mount) => {
  test('a user signs out with or without confirmation, in the language of the application', async () => {
    await using host = await startHost({ path, mount })
    const { configuration, client } = await relyingParty(host)
    for (const isHinted of [false, true]) {
      const agent = new UserAgent()
      const { finish } = await login(host, configuration, { scope: 'openid' }, { agent })
      const { id_token: hint = '' } = await finish()
      const logoutParameters = { ui_locales: 'da', ...(isHinted ? { id_token_hint: hint } : { client_id: client.id }) }
      const url = oidc.buildEndSessionUrl(configuration, logoutParameters)
      if (!isHinted) url.searchParams.delete('id_token_hint')
      const first = await agent.follow(await agent.get(url.href))
      const view = viewOf(first)
      const last =
        view.view === 'sign-out'
          ? await agent.follow(await agent.postForm(view.submitTo, { ...view.hidden, logout: 'yes' }))
          : first
      expect([isHinted, view.view]).toEqual([isHinted, isHinted ? 'signed-out' : 'sign-out'])
      expect(viewOf(last)).toMatchObject({ view: 'signed-out', languages: ['da'] })
    }
  })
})

describe('issuer with a path', () => {
  test('serves everything under the path, and its metadata at both URLs', async () => {
    await using host = await startHost({ path: '/auth' })
    const { origin } = new URL(host.issuer)
    const fetchFromHost = async (address: string) => {
      const response = await fetch(origin + address)
      return response.ok ? JSON.parse(await response.text()) : response.status
    }
    const metadata = await fetchFromHost('/auth/.well-known/openid-configuration')
    expect(metadata.issuer).toBe(`${origin}/auth`)
    for (const [name, address] of Object.entries(metadata))
      if (name.endsWith('_endpoint') || name === 'jwks_uri') expect(address).toMatch(`${origin}/auth/`)
    expect(await fetchFromHost('/.well-known/oauth-authorization-server/auth')).toEqual(metadata)
    expect(await fetchFromHost('/auth/.well-known/jwks.json')).toHaveProperty('keys')
    expect(host.pocket.endpoints.token).toBe(metadata.token_endpoint)
    for (const none of [
      '/.well-known/openid-configuration',
      '/authorize',
      '/authx/authorize',
      '/interaction/assets/page.css',
    ])
      expect(await fetchFromHost(none)).toBe(404)
  })

  test('coexists with another provider in the same process and browser', async () => {
    const ports = { name: 'Test', masterKey: 'a master key that is long enough', pages: { render: renderAsJson } }
    let staff: Pocket | undefined
    const mount: Mount = (pocket) =>
      express().use(pocket.callback(), (req, res, next) => staff?.callback()(req, res, next))
    await using host = await startHost({ path: '/people', mount })
    const neighbors = memoryStores()
    const { origin: shared } = new URL(host.issuer)
    await using second = await createPocket({
      ...ports,
      issuer: `${shared}/staff`,
      accounts: { find: async (id) => host.accounts.get(id) },
      stores: neighbors,
    })
    staff = second
    const other = {
      ...host,
      issuer: second.issuer,
      client: (input: Parameters<typeof host.client>[0]) => createClient(second, input),
    }
    const person = await host.person('ada')
    for (const passkey of await host.stores.passkeys.listByAccount(person.account.id))
      await neighbors.passkeys.insert(passkey)
    const agent = new UserAgent()
    for (const [each, pocket] of [
      [host, host.pocket],
      [other, second],
    ] as const) {
      const { configuration } = await relyingParty(each, { client: { skipConsent: true } })
      const { page } = await login(each, configuration, {}, { agent, person })
      expect(page.location).toMatch(/[?&]code=/)
      expect(pocket.issuer).toBe(each.issuer)
    }
    expect(agent.cookies().map(({ name }) => name)).toEqual(
      expect.arrayContaining(['access_token.people', 'pocket_access_token.staff']),
    )
  })
})

async function createClient(pocket: Pocket, input: Parameters<Host['client']>[0]) {
  const client = await pocket.clients.create({ name: 'Client', redirectUris: ['https://client.example'], ...input })
  return { client, secret: (await pocket.clients.addSecret(client.id)).plain }
}

test('names the mistake if pocket.callback is mounted instead of its result', async () => {
  await using host = await startHost({
    mount: (pocket) =>
      express()
        .use(pocket.callback as express.RequestHandler)
        .use(((error, _req, res, _next) => void res.send(error.message)) as express.ErrorRequestHandler),
  })
  const response = await fetch(host.issuer)
  expect(await response.text()).toBe('options may contain forwardAuth only; mount the result of pocket.callback().')
})

test('reports a body parser in front instead of waiting for the body', async () => {
  const mount = mountExpress((app, pocket) => app.use(express.urlencoded(), pocket.callback()))
  await using host = await startHost({ mount })
  const { configuration } = await relyingParty(host)
  await expect(oidc.clientCredentialsGrant(configuration)).rejects.toThrow()
  expect(host.errors).toMatchObject([
    { code: 'misconfigured', message: expect.stringContaining('before any body parser') },
  ])
})
