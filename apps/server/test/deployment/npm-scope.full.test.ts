import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from '@jest/globals'

const root = new URL('../../../../', import.meta.url)

test('one command of CONTRIBUTING.md renames the npm scope', async () => {
  const [, command = ''] =
    /^(git grep -lz @pocket .+?) && pnpm/m.exec(await readFile(new URL('CONTRIBUTING.md', root), 'utf8')) ?? []
  const folder = await mkdtemp(join(tmpdir(), 'pocket-scope-'))
  await using _ = { [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) }
  const run = async (line: string) => (await promisify(execFile)('sh', ['-c', line], { cwd: folder })).stdout
  await promisify(execFile)('git', ['clone', '--quiet', '--depth=1', root.href, folder])
  const namesOf = (scope: string) => run(`git grep -hoE '@${scope}/[a-z-]+' | sort | uniq -c`)
  const before = await namesOf('pocket')
  await run(command)
  expect(before).toContain('@pocket/core')
  expect(await namesOf('example')).toBe(before.replaceAll('@pocket/', '@example/'))
  expect(await run("git grep -lE '@pocket($|[^_a-z-])' || true")).toBe('')
})
