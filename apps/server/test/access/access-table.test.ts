import { beforeAll, describe, expect, test } from '@jest/globals'
import Router from '@koa/router'
import type { UserAgentResponse } from '@pocket/core/testing'
import { firstOfEach, quickOnly, selectCases, shareBetweenTests } from '@pocket/test-support'
import type { AccessRow } from '../../src/access/access-row.ts'
import { accessTable } from '../../src/access/access-table.ts'
import { addPages } from '../../src/http/page-routes.ts'
import { accessOutcome, startCallers, type TestCaller } from './callers.ts'

const someId = '5f0c2a53-2a3e-4c8e-9a62-0a54f1b6f9d1'
/** These requests end the caller's session, so they run last. */
const signOuts = ['POST /api/webauthn/logout', 'POST /logout']
const rows = [...accessTable]
const ordered = [
  ...rows.filter(([route]) => !signOuts.includes(route)),
  ...rows.filter(([route]) => signOuts.includes(route)),
]
/** Routes that check how recent the session is even before they validate an empty body. */
const bodies: Readonly<Record<string, object>> = { 'POST /api/webauthn/reauthenticate': { response: {} } }

const callers = shareBetweenTests(() => startCallers())

beforeAll(async () => {
  // Creates all API keys first, because some rows end the session that creates them.
  for (const [, row] of rows) await callers.keysFor(row)
}, 60_000)

function send(caller: TestCaller, route: string, from?: string): Promise<UserAgentResponse> {
  const [method = '', path = ''] = route.split(' ')
  const url = callers.instance.url + path.replaceAll(/:\w+/g, someId)
  const options = { headers: { accept: 'application/json', ...caller.headers }, ...(from && { from }) }
  if (path.startsWith('/api/') || method === 'GET')
    return caller.agent.sendJson(method, url, { options, ...(method !== 'GET' && { body: bodies[route] ?? {} }) })
  // Without a new e-mail address no condition applies.
  const form = route === 'POST /settings/account' && caller.email !== undefined ? { email: caller.email } : {}
  return caller.agent.postForm(url, form, options)
}

/** The access that the row declares for this caller. */
function expectedOutcome({ caller, scopes, session, conditions }: AccessRow, by: TestCaller): string {
  const isKey = by.scopes !== undefined
  if (conditions.includes('known-account') && by.session === undefined) return '401 not_signed_in'
  if (conditions.includes('recovery')) return '401 not_signed_in'
  if (caller === 'anyone') return 'admitted'
  if (isKey && scopes === null) return '403 api_key_auth_not_allowed'
  if (by.role === 'nobody') return '401 not_signed_in'
  if (caller === 'administrator' && by.role !== 'administrator') return '403 forbidden'
  if (isKey) return scopes?.every((scope) => by.scopes?.includes(scope) ?? true) ? 'admitted' : '403 forbidden'
  if (
    by.session === 'without passkey' &&
    (session.includes('passkey') || session.some((requirement) => requirement.startsWith('recent')))
  )
    return '403 passkey_required'
  if (by.session === 'old' && (session.includes('recent') || session.includes('add-passkey')))
    return '401 reauthentication_required'
  return 'admitted'
}

/** One for each distinct row, since the guard is the same for the others. */
const firstRows = firstOfEach(ordered, ([, row]) => JSON.stringify(row))
const parts = ordered.flatMap((each) => {
  const [route, row] = each
  const names = firstRows.has(each) ? ['all callers'] : ['one caller of each outcome', 'the other callers']
  return names.map((part) => [route, part, row] as const)
})

test.each(selectCases(parts, ([, part]) => part !== 'the other callers'))(
  'the row %s applies to %s',
  async (route, part, row) => {
    const all = [...callers.sessions, ...(await callers.keysFor(row))]
    const byOutcome = firstOfEach(all, (caller) => expectedOutcome(row, caller))
    const isOther = part === 'the other callers'
    const chosen = part === 'all callers' ? all : all.filter((caller) => byOutcome.has(caller) !== isOther)
    const outcomes: (readonly [string, string])[] = []
    for (const caller of chosen) outcomes.push([caller.name, accessOutcome(await send(caller, route))])
    expect(outcomes).toEqual(chosen.map((caller) => [caller.name, expectedOutcome(row, caller)]))
  },
)

quickOnly(describe)('a cross-site page', () => {
  test.each(rows.filter(([route]) => !route.startsWith('GET ')))('cannot send %s', async (route) => {
    const [administrator] = callers.sessions.filter(({ name }) => name === 'administrator, session recent')
    if (!administrator) throw new Error('There is no administrator.')
    const response = await send(administrator, route, 'https://evil.example/')
    expect(accessOutcome(response)).toBe('403 cross_site_request')
  })
})

quickOnly(test)('every row belongs to a served route', async () => {
  const bare: string[] = []
  for (const [route] of rows) {
    const [noUser] = callers.sessions
    if (!noUser) throw new Error('There is no caller.')
    const { status, text } = await send(noUser, route)
    if (status === 404 && /API endpoint not found|There is no such page/.test(text)) bare.push(route)
  }
  expect(bare).toEqual([])
})

quickOnly(test)('a route without a row is not served', () => {
  const pages = [{ method: 'get', path: '/new-page', handle: async () => {} }] as const
  const ports = { limits: callers.instance.app.pocket.limits, guarded: () => async () => {} }
  expect(() => addPages(new Router(), ports, pages)).toThrow('The access table has no row for GET /new-page.')
})

quickOnly(test)('a page that is open to anyone is not served by a handler that needs a user', () => {
  const pages = [{ method: 'get', path: '/login', handle: async (_ctx: unknown, _user: unknown) => {} }] as const
  const ports = { limits: callers.instance.app.pocket.limits, guarded: () => async () => {} }
  expect(() => addPages(new Router(), ports, pages)).toThrow('GET /login is open to anyone')
})
