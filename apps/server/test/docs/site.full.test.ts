import { execFile } from 'node:child_process'
import { globSync, readFileSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { deadLinks } from '../../scripts/site-links.ts'
import { templates } from '../../src/clients/templates/templates.ts'
import { sourceFlags } from '../program.ts'

const root = fileURLToPath(new URL('../../../../', import.meta.url))
const screenshots = fileURLToPath(new URL('../pages/screenshots.ts', import.meta.url))
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

test('takes every picture that a page shows from the pages of the server, and finds those that are stale', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'pocket-pictures-'))
  const runScreenshots = (option: string) =>
    promisify(execFile)('node', [...sourceFlags, screenshots, option, '--folder', folder], { cwd: root })
  try {
    await runScreenshots('--docs')
    const pages = globSync('docs/{*,tutorial/*,guides/*,explanation/*}.md', { cwd: root })
    const shown = pages.flatMap((path) =>
      Array.from(readFileSync(join(root, path), 'utf8').matchAll(/!\[[^\]]*\]\(([^)]+)\)/g), ([, picture = '']) =>
        relative(join(root, 'docs'), join(root, dirname(path), picture)),
      ),
    )
    const taken = globSync('**/*.webp', { cwd: folder })
    expect([...new Set(shown)].sort()).toEqual(taken.sort())

    await runScreenshots('--check')
    const texts = join(folder, 'pictures.json')
    await writeFile(texts, (await readFile(texts, 'utf8')).replace(/(?<="setup": ")[^"]+/, 'another text'))
    await expect(runScreenshots('--check')).rejects.toMatchObject({
      stdout: 'The page setup has another text than its picture: pnpm screenshots --docs\n',
    })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})

test('finds guides and applications, and no decision records', async () => {
  const chunks = join(site, 'assets/chunks')
  const [index = ''] = (await readdir(chunks)).filter((name) => name.startsWith('@localSearchIndex'))
  const text = await readFile(join(chunks, index), 'utf8')
  expect(text).toContain('/guides/lost-passkeys#')
  expect(text).toContain('/applications/immich#')
  expect(text).not.toContain('/decisions/')
})

test('has a page for each application', async () => {
  const expected = templates.filter(({ entries }) => entries.length > 0).map(({ id }) => `${id}.html`)
  expect(expected.length).toBeGreaterThan(20)
  expect(await readdir(join(site, 'applications'))).toEqual(expect.arrayContaining(expected))
})
