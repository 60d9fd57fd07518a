import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from '@jest/globals'
import { startProcess } from '@pocket/test-support'

const reporter = fileURLToPath(new URL('../../src/jest/count-reporter.ts', import.meta.url))
const workspace = new URL('../../../../package.json', import.meta.url)
const jest = join(createRequire(workspace).resolve('jest'), '../../bin/jest.js')

const passing = "test('passes', () => {})"
const failing = "test('fails', () => { throw new Error('no') })"
const skipped = "test.skip('is skipped', () => {})"
const todo = "test.todo('is to be written')"

async function run(files: readonly string[], env: Record<string, string>): Promise<{ code: number; lines: string[] }> {
  const folder = await mkdtemp(join(tmpdir(), 'pocket-test-reporter-'))
  try {
    await mkdir(join(folder, 'test'))
    await Promise.all(files.map((content, index) => writeFile(join(folder, 'test', `${index}.test.js`), content)))
    const config = { rootDir: folder, reporters: ['default', reporter], transform: {}, watchman: false }
    const command = [process.execPath, jest, '-i', '--config', JSON.stringify(config)]
    // In one stream, because the order of two is not known.
    await using jestRun = await startProcess('sh', ['-c', 'exec "$0" "$@" 2>&1', ...command], { env })
    const code = await jestRun.exit
    return { code, lines: jestRun.output().split('\n') }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

test('ends a run with its counts, and counts a file that cannot run as one failure', async () => {
  const { code, lines } = await run([`${passing}\n${failing}`, 'syntax error', passing], {})

  expect(lines.at(-1)).toBe('2 passed, 2 failed')
  expect(code).toBe(1)
})

test('fails the run under CI for a test that did not run, and names it', async () => {
  const { code, lines } = await run([`${passing}\n${skipped}\n${todo}`], { CI: 'true' })

  expect(lines.at(-1)).toBe('1 passed, 2 failed')
  expect(lines).toContainEqual(expect.stringMatching(/^not run: .*0\.test\.js: is skipped \(pending\)$/))
  expect(lines).toContainEqual(expect.stringMatching(/^not run: .*0\.test\.js: is to be written \(todo\)$/))
  expect(code).toBe(1)
})

test('accepts a skipped test outside CI', async () => {
  const { code, lines } = await run([`${passing}\n${skipped}`], {})

  expect(lines.at(-1)).toBe('1 passed, 0 failed')
  expect(code).toBe(0)
})

test('prints the missing requirements of skipped tests outside CI', async () => {
  const skippedSuite =
    "describe.skip('directory [not run: slapd is not installed]', () => { test('a', () => {}); test('b', () => {}) })"
  const { code, lines } = await run([`${passing}\n${skippedSuite}`], {})

  expect(lines).toContain('not run: 2 test(s), because slapd is not installed')
  expect(lines.at(-1)).toBe('1 passed, 0 failed')
  expect(code).toBe(0)
})
