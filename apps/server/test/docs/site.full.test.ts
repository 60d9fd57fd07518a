import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { deadLinks } from '../../scripts/site-links.ts'
import { templates } from '../../src/clients/templates/templates.ts'

const root = fileURLToPath(new URL('../../../../', import.meta.url))
let site: string

beforeAll(async () => {
  site = await mkdtemp(join(tmpdir(), 'pocket-site-'))
  await promisify(execFile)('node', ['node_modules/vitepress/bin/vitepress.js', 'build', 'docs', '--outDir', site], {
    cwd: root,
  })
}, 300_000)
afterAll(() => rm(site, { recursive: true, force: true }))

test('links only to existing pages and anchors', async () => {
  const { homepage } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))
  expect(deadLinks(site, new URL(homepage).pathname)).toEqual([])
})

test('has a page for each application', async () => {
  const expected = templates.filter(({ entries }) => entries.length > 0).map(({ id }) => `${id}.html`)
  expect(expected.length).toBeGreaterThan(20)
  expect(await readdir(join(site, 'applications'))).toEqual(expect.arrayContaining(expected))
})
