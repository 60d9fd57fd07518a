import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { expect, test } from '@jest/globals'
import { eventually, freePort, startProcess } from '@pocket/test-support'
import { createGroup, startInstance, staticApiKey } from '../e2e/instance.ts'
import { sourceFlags } from '../program.ts'

const program = fileURLToPath(new URL('serve-in-processes.ts', import.meta.url))

const start = async (env: Readonly<Record<string, string>> = {}, readyWhen = /runs in 2 processes/) => {
  const port = String(await freePort())
  const args = [...sourceFlags, program]
  const running = await startProcess(process.execPath, args, { env: { PORT: port, ...env }, readyWhen })
  const answer = async () => Number(await (await fetch(`http://127.0.0.1:${port}`)).text())
  /** The IDs of the processes that respond. */
  const listServingPids = () =>
    eventually(async () => {
      const pids = new Set<number>()
      for (let times = 0; times < 10; times++) pids.add(await answer())
      expect(pids.size).toBe(2)
      return [...pids]
    })
  return { running, listServingPids }
}

test('processes share a port, one that ends is replaced, and all stop together', async () => {
  const { running, listServingPids } = await start()
  await using _running = running
  const [killed = 0, kept] = await listServingPids()
  process.kill(killed, 'SIGKILL')
  const after = await eventually(async () => {
    const pids = await listServingPids()
    expect(pids).not.toContain(killed)
    return pids
  })
  expect(after).toContain(kept)
  running.kill('SIGTERM')
  await running.exit
  expect(running.output()).toContain('all stopped')
  for (const pid of after) expect(() => process.kill(pid, 0)).toThrow('ESRCH')
})

test('if a process cannot start, all stop with an error', async () => {
  const { running } = await start({ FAIL: 'true' }, /failed/)
  await using _running = running
  await running.exit
  expect(running.output()).toContain('failed: A process of the server could not start.')
})

test('one process of two creates the database and serves alone until there are groups, even if it is killed', async () => {
  const settings = { WEB_CONCURRENCY: '2', STATIC_API_KEY: staticApiKey }
  await using instance = await startInstance('PostgreSQL', settings)
  const findMatches = (pattern: RegExp) => instance.output().match(new RegExp(pattern, 'g')) ?? []
  await eventually(() => expect(findMatches(/other processes start when there are users or clients/)).toHaveLength(1))
  const children = await readFile(`/proc/${instance.pid()}/task/${instance.pid()}/children`, 'utf8')
  process.kill(Number(children.split(' ')[0]), 'SIGKILL')
  await eventually(() => expect(findMatches(/other processes start when there are users or clients/)).toHaveLength(2))
  expect(new Set(findMatches(/set-up token \S+ at/)).size).toBe(2)
  // The primary process, the first and its replacement.
  expect(findMatches(/Starting Pocket/)).toHaveLength(3)
  await createGroup(instance.url)
  await eventually(() => expect(instance.output()).toMatch(/runs in 2 processes/))
  for (let times = 0; times < 10; times++) expect((await fetch(`${instance.url}/healthz`)).status).toBeLessThan(300)
  expect(findMatches(/set-up token/)).toHaveLength(2)
  expect(findMatches(/ERROR|Error/)).toEqual(['ERROR'])
})
