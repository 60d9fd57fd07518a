import { Session } from 'node:inspector/promises'
import { describe, expect, test } from '@jest/globals'
import { shareBetweenTests } from '@pocket/test-support'
import { recordStatements } from '../sent-statements.ts'
import { kinds, startCalledInstance } from './calls.ts'
import { createPerson } from './people.ts'

const statements = recordStatements()

const countedFiles = /\/apps\/server\/src\/users\/|\/packages\/directory\/src\//

/** The files with a function that runs during the call, as V8 counts them. */
async function listExecutedFiles(call: () => Promise<unknown>): Promise<readonly string[]> {
  using profiler = openProfiler()
  await profiler.session.post('Profiler.enable')
  await profiler.session.post('Profiler.startPreciseCoverage', { callCount: true })
  await profiler.session.post('Profiler.takePreciseCoverage')
  await call()
  const { result } = await profiler.session.post('Profiler.takePreciseCoverage')
  return result
    .filter(({ functions }) => functions.some(({ ranges }) => ranges.some(({ count }) => count > 0)))
    .map(({ url }) => url)
}

function openProfiler() {
  const session = new Session()
  session.connect()
  return { session, [Symbol.dispose]: () => session.disconnect() }
}

describe.each(kinds)('a change of a user on %s', (kind) => {
  const instance = shareBetweenTests(() => startCalledInstance(kind))

  /** The minimum of several attempts, because caches expire in between. */
  async function countStatements(id: string, send: () => Promise<unknown>) {
    const counts: { readonly all: number; readonly readsOfUsers: number; readonly readsOfUser: number }[] = []
    for (let attempt = 0; attempt < 3; attempt += 1) {
      const sent = await statements.recordDuring(send)
      const readsOfUsers = sent.filter(({ sql }) => sql.startsWith('SELECT "id", "user_name"'))
      const readsOfUser = readsOfUsers.filter(({ parameters }) =>
        parameters.some((value) => String(value).includes(id)),
      )
      counts.push({ all: sent.length, readsOfUsers: readsOfUsers.length, readsOfUser: readsOfUser.length })
    }
    return {
      all: Math.min(...counts.map(({ all }) => all)),
      readsOfUsers: Math.min(...counts.map(({ readsOfUsers }) => readsOfUsers)),
      readsOfUser: Math.min(...counts.map(({ readsOfUser }) => readsOfUser)),
    }
  }

  // One row is read of the signed-in administrator, and one of the user.
  test.each([[{}], [{ 'If-Match': '*' }]])(
    'reads each row once and sends few statements with the headers %j',
    async (headers) => {
      const { id } = await createPerson(instance)
      const { json } = await instance.call('GET /api/users/{id}', { params: { id } })
      let version = 0
      const counts = await countStatements(id, async () => {
        version += 1
        const body = { ...json, firstName: `Version ${version}` }
        const response = await instance.administrator.sendJson('PUT', `${instance.url}/api/users/${id}`, {
          body,
          options: { headers },
        })
        expect(response.status).toBe(200)
      })
      expect(counts.readsOfUsers).toBe(2)
      expect(counts.readsOfUser).toBe(1)
      expect(counts.all).toBeLessThanOrEqual(7)
    },
  )

  // Counts the users' folder and the directory, not the modules that every REST operation shares. Attempts, because a job may run too.
  test('runs at most thirteen files of the users and the directory', async () => {
    const { id, json } = await createPerson(instance)
    const counts: number[] = []
    for (const firstName of ['First', 'Second', 'Third']) {
      const files = await listExecutedFiles(async () => {
        const body = { ...json, firstName }
        const response = await instance.administrator.sendJson('PUT', `${instance.url}/api/users/${id}`, { body })
        expect(response.status).toBe(200)
      })
      expect(files).toContainEqual(expect.stringContaining('/users/user-administration.ts'))
      counts.push(files.filter((url) => countedFiles.test(url)).length)
    }
    expect(Math.min(...counts)).toBeLessThanOrEqual(13)
  })

  test('reads the user twice for the page', async () => {
    const { id, json } = await createPerson(instance)
    let version = 0
    const counts = await countStatements(id, async () => {
      version += 1
      const fields = { username: String(json.username), email: String(json.email), firstName: `Version ${version}` }
      const response = await instance.administrator.postForm(`${instance.url}/settings/admin/users/${id}`, fields)
      expect(response.status).toBe(303)
    })
    expect(counts.readsOfUser).toBe(2)
    expect(counts.all).toBeLessThanOrEqual(10)
  })
})
