import { once } from 'node:events'
import { createServer } from 'node:http'
import { expect, test } from '@jest/globals'
import type Router from '@koa/router'
import { shareBetweenTests } from '@pocket/test-support'
import Koa from 'koa'
import { accessTable } from '../../src/access/access-table.ts'
import { coreTable } from '../../src/access/core-table.ts'
import { startCallers, type TestCaller } from './callers.ts'

const rows = [...coreTable]

// A disabled endpoint does not exist, and open registration needs no token.
const callers = shareBetweenTests(() => startCallers({ DYNAMIC_REGISTRATION: 'with-token' }))

/** The method and path of every interaction route. */
async function interactionRoutes(): Promise<readonly string[]> {
  const { pocket } = callers.instance.app
  const found: string[] = []
  const koa = new Koa()
  koa.use(async (ctx, next) => {
    await next()
    const { stack } = (ctx as unknown as { readonly router: Router }).router
    for (const { methods, path } of stack)
      for (const method of methods) if (method !== 'HEAD') found.push(`${method} ${path}`)
  })
  koa.use(pocket.koa())
  const server = createServer(koa.callback()).listen(0, '127.0.0.1')
  await once(server, 'listening')
  try {
    const address = server.address()
    if (address === null || typeof address === 'string') throw new Error('The server has no port.')
    await fetch(`http://127.0.0.1:${address.port}/interaction/none`)
  } finally {
    server.close()
    server.closeAllConnections()
  }
  return found
}

test('every interaction route has exactly one row', async () => {
  const routes = (await interactionRoutes()).map((route) => route.replace(/\/$/, ''))
  const listed = rows.map(([route]) => route).filter((route) => route.includes(' /interaction/'))
  expect(listed.toSorted()).toEqual(routes.toSorted())
})

test('every endpoint in the discovery document has a row', async () => {
  const { instance } = callers
  const response = await instance.agent().getJson(`${instance.url}/.well-known/openid-configuration`)
  const named = Object.entries(Object(response.json())).filter(([name]) => /_(endpoint|uri)$/.test(name))
  const paths = named.map(([, value]) => new URL(String(value)).pathname)
  expect(paths.length).toBeGreaterThan(8)
  const listed = new Set([...coreTable.keys(), ...accessTable.keys()].map((route) => route.split(' ')[1]))
  expect(paths.filter((path) => !listed.has(path))).toEqual([])
})

/** The response status and the error code. */
async function sendRequest(by: TestCaller, route: string, from?: string) {
  const [method = '', path = ''] = route.split(' ')
  const url = callers.instance.url + path.replaceAll(/:\w+/g, 'none')
  const options = { headers: { accept: 'application/json', ...by.headers }, ...(from && { from }) }
  const isForm = method === 'POST' && !/register|options|answer|login$/.test(path)
  const response = isForm
    ? await by.agent.postForm(url, {}, options)
    : await by.agent.sendJson(method, url, { options, ...(method !== 'GET' && { body: {} }) })
  const isJson = response.headers.get('content-type')?.includes('json') && response.text !== ''
  const { code, error } = (isJson ? response.json() : {}) as { code?: string; error?: string }
  return { status: response.status, code: code ?? error ?? '' }
}

/** The response to a caller without an interaction, client credentials or token. */
const refusals: Readonly<Record<string, RegExp>> = {
  interaction: /^(404 interaction_expired|400 )/,
  client: /^(400 invalid_request|401 invalid_client)/,
  proxy: /^(403|404) /,
  token: /^(400 invalid_request|401 invalid_token|403 )/,
}

test.each(rows)('%s responds as its row declares, for every session', async (route, { caller }) => {
  const key = await callers.key(null)
  for (const by of [...callers.sessions, key]) {
    const { status, code } = await sendRequest(by, route)
    const output = `${status} ${code}`
    const refusal = refusals[caller]
    if (refusal) expect([by.name, output]).toEqual([by.name, expect.stringMatching(refusal)])
    else expect([by.name, [401, 403].includes(status) || status >= 500, output]).toEqual([by.name, false, output])
  }
})

test.each(rows.filter(([route]) => route.startsWith('POST /interaction/')))(
  '%s rejects a cross-site page',
  async (route) => {
    const [by] = callers.sessions
    if (!by) throw new Error('There is no caller.')
    expect(await sendRequest(by, route, 'https://evil.example/')).toEqual({ status: 403, code: 'cross_site_request' })
  },
)
