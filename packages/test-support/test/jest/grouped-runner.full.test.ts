import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from '@jest/globals'

const jest = join(dirname(createRequire(import.meta.url).resolve('jest/package.json')), 'bin/jest.js')
const runner = fileURLToPath(new URL('../../src/jest/grouped-runner.cjs', import.meta.url))
const files = {
  'shared.mjs': 'export const loads = { count: 0 }',
  'one.test.mjs': `import { loads } from './shared.mjs'
    loads.count++
    beforeAll(() => { loads.of = 'one' })
    describe('a block', () => test('sees its own hooks', () => expect(loads.of).toBe('one')))`,
  'two.test.mjs': `import { loads } from './shared.mjs'
    loads.count++
    test('shares the modules', () => expect(loads.count).toBe(2))
    test('fails', () => expect(loads.of).toBe('two'))`,
  'broken.test.mjs': `throw new Error('on purpose')`,
}

interface FileResult {
  readonly name: string
  readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[]
}

test('runs files with shared modules and separate hooks, and reports each', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'pocket-grouped-'))
  await mkdir(join(folder, 'test'))
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, 'test', name), text)
  await writeFile(
    join(folder, 'jest.config.json'),
    JSON.stringify({ runner, testMatch: ['**/*.test.mjs'], transform: {} }),
  )
  const output = join(folder, 'result.json')
  const failed = await new Promise((resolve) => {
    const options = { cwd: folder, env: { ...process.env, POCKET_TESTS: 'quick', TMPDIR: folder } }
    const args = ['--experimental-vm-modules', jest, '--json', `--outputFile=${output}`]
    execFile(process.execPath, args, options, (error) => resolve(error !== null))
  })
  expect(failed).toBe(true)
  const { testResults } = JSON.parse(await readFile(output, 'utf8')) as { readonly testResults: readonly FileResult[] }
  const found = testResults.map(({ name, assertionResults }) => [
    name.replace(`${folder}/test/`, ''),
    assertionResults.map(({ fullName, status }) => `${fullName}: ${status}`),
  ])
  expect(Object.fromEntries(found)).toEqual({
    'one.test.mjs': ['a block sees its own hooks: passed'],
    'two.test.mjs': ['shares the modules: passed', 'fails: failed'],
    'broken.test.mjs': ['can be loaded: failed'],
  })
  await rm(folder, { recursive: true })
})
