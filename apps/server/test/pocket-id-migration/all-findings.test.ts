import { expect, test } from '@jest/globals'
import { type PocketIdMigrationPageDeps, pocketIdMigrationPages } from '../../src/pocket-id-migration/page.ts'
import type { PocketIdMigrationPage } from '../../src/pocket-id-migration/page-model.ts'
import { SetUpToken } from '../../src/pocket-id-migration/set-up-access.ts'

test('shows all findings on request, before and after the migration', async () => {
  const findings = Array.from({ length: 300 }, (_, number) => ({ name: `user ${number}` }))
  const shown: PocketIdMigrationPage['step'][] = []
  const runner: { outcome?: object } = {}
  const checked: object[] = []
  const setUpToken = new SetUpToken(() => undefined)
  const deps = {
    runner,
    setUpToken,
    folder: { find: async (name: string) => ({ path: `/${name}`, version: '1' }) },
    async check(source: object) {
      checked.push(source)
      return { counts: {}, findings, notes: [] }
    },
    isEmpty: async () => true,
    database: {
      masterKey: { encrypt: (_purpose: string, text: string) => text, decrypt: (_: string, text: string) => text },
    },
    show: async (_ctx: unknown, page: PocketIdMigrationPage) => void shown.push(page.step),
    clock: Date,
    secure: false,
  }
  const routes = pocketIdMigrationPages(deps as unknown as PocketIdMigrationPageDeps)
  let cookie = ''
  const send = async (method: string, path: string, body: object, query: object = {}) => {
    const cookies = { get: () => cookie, set: (_name: string, value: string) => (cookie = value) }
    const ctx = { cookies, query, method, is: () => false, request: { body }, set() {}, redirect() {} }
    const found = routes.find((each) => each.method === method && each.path === `/login/setup/pocket-id${path}`)
    await found?.handle(ctx as never, undefined as never)
    return shown.at(-1)
  }
  const numbers = (step: unknown) => {
    const { report } = step as Extract<PocketIdMigrationPage['step'], { name: 'report' }>
    return [report.findings.length, report.moreFindings]
  }

  await send('post', '', { token: setUpToken.current })
  const first = await send('post', '/check', { file: 'a.zip', encryptionKey: 'secret' })
  expect(numbers(first)).toEqual([200, 100])
  const choice = first?.name === 'report' ? first.choice : ''
  const all = await send('post', '/check', { choice })
  expect([numbers(all), all]).toEqual([
    [300, 0],
    expect.objectContaining({ file: 'a.zip', choice: expect.any(String) }),
  ])
  expect(checked[1]).toEqual({ path: '/a.zip', encryptionKey: Buffer.from('secret') })
  runner.outcome = { report: { counts: {}, findings, notes: [] } }
  expect(numbers(await send('get', '', {}))).toEqual([200, 100])
  expect(numbers(await send('get', '', {}, { findings: 'all' }))).toEqual([300, 0])
})
