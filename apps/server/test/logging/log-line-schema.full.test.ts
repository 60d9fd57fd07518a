import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { UserAgent } from '@pocket/core/testing'
import { eventually, freePort } from '@pocket/test-support'
import { Ajv2020 } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import Sqlite from 'better-sqlite3'
import { logLineSchema as schema } from '../../src/logging/log-line-schema.ts'
import { startInstance } from '../e2e/instance.ts'
import { setUpAdministrator } from '../http/app.ts'

const apiKey = 'a static api key that is long enough'

test('the lines of a running server match the published schema', async () => {
  await using stack = new AsyncDisposableStack()
  const folder = await mkdtemp(join(tmpdir(), 'pocket-log-'))
  stack.defer(() => rm(folder, { recursive: true, force: true }))
  const database = join(folder, 'pocket-id.db')
  const server = stack.use(
    await startInstance('SQLite', {
      ...{ LOG_JSON: 'true', LOG_LEVEL: 'debug', STATIC_API_KEY: apiKey, DB_CONNECTION_STRING: database },
      // Nothing listens there, so the job that forwards the audit log fails.
      AUDIT_SYSLOG: `tcp://127.0.0.1:${await freePort()}`,
    }),
  )
  const { url } = server
  await setUpAdministrator(new UserAgent(), url)
  const headers = { 'x-api-key': apiKey, 'content-type': 'application/json' }
  const call = async (method: string, path: string, body?: object) => {
    const options = { method, headers, ...(body && { body: JSON.stringify(body) }) }
    const response = await fetch(`${url}/api/${path}`, options)
    const text = await response.text()
    expect([path, response.status, response.ok ? '' : text]).toEqual([path, expect.any(Number), ''])
    return text === '' ? undefined : JSON.parse(text)
  }
  // Nothing listens there either.
  const mail = { smtpHost: '127.0.0.1', smtpPort: String(await freePort()), smtpFrom: 'id@example.com' }
  const settings: readonly { readonly key: string; readonly value: string }[] = await call(
    'GET',
    'application-configuration/all',
  )
  await call('PUT', 'application-configuration', {
    ...Object.fromEntries(settings.map(({ key, value }) => [key, value])),
    ...{ ...mail, emailOneTimeAccessAsAdminEnabled: 'true' },
  })
  const { data } = await call('GET', 'users')
  await call('POST', `users/${data[0].id}/one-time-access-email`, {})
  await eventually(() => expect(server.output()).toContain('An e-mail could not be sent'))
  expect((await fetch(`${url}/api/users/none`, { headers })).status).toBe(404)
  using sqlite = Object.assign(new Sqlite(database), {
    [Symbol.dispose]() {
      sqlite.close()
    },
  })
  sqlite.exec('DROP TABLE pocket_api')
  expect((await fetch(`${url}/api/apis`, { headers })).status).toBe(500)
  await eventually(() => expect(server.output()).toContain('Job failed'))
  process.kill(server.pid(), 'SIGTERM')
  await eventually(() => expect(server.output()).toContain('"Stopped"'))

  const lines = server
    .output()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>)
  const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true })
  formats.default(ajv)
  const isValid = ajv.compile(schema)
  const isDocumented = (name: string) => Object.hasOwn(schema.properties, name)
  const problems = lines.flatMap((line) => {
    // An audit event has fields of its own.
    const unknown = 'audit' in line ? [] : Object.keys(line).filter((name) => !isDocumented(name))
    return isValid(line) && unknown.length === 0 ? [] : [{ line, unknown, errors: isValid.errors }]
  })
  expect(problems).toEqual([])
  const kinds = [
    lines.some(({ msg }) => String(msg).startsWith('Starting Pocket')),
    lines.some(({ msg, status }) => msg === 'request' && status === 404),
    lines.some(({ msg, err }) => msg === 'The request failed' && err !== undefined),
    lines.some(({ errorCode, requestId }) => errorCode === 'user_not_found' && requestId !== undefined),
    lines.some(({ audit, requestId }) => audit !== undefined && requestId !== null),
    lines.some(({ job, outcome }) => job !== undefined && outcome === 'succeeded'),
    lines.some(({ email, err }) => email !== undefined && err !== undefined),
    lines.some(({ job, err }) => job !== undefined && err !== undefined),
  ]
  expect(kinds).toEqual(kinds.map(() => true))
})
