import { mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { cachedFolder } from '../src/cached-folder.ts'

let parent: string

beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'pocket-test-once-'))
})

afterEach(async () => {
  await rm(parent, { recursive: true, force: true })
})

test('returns the same complete folder to all callers, and leaves no other files', async () => {
  const fill = (content: string) => (folder: string) => writeFile(join(folder, 'file'), content)
  const folders = await Promise.all(
    ['a', 'b', 'c'].map((content) => cachedFolder({ name: 'thing-1', parent, fill: fill(content) })),
  )
  const [folder = ''] = folders
  const content = await readFile(join(folder, 'file'), 'utf8')

  expect(new Set(folders).size).toBe(1)
  expect(await readdir(parent)).toEqual([basename(folder)])
  expect(await cachedFolder({ name: 'thing-1', parent, fill: fill('later') })).toBe(folder)
  expect(await readFile(join(folder, 'file'), 'utf8')).toBe(content)
})

test('creates no folder if filling it fails', async () => {
  const fill = async (): Promise<void> => {
    throw new Error('disk full')
  }

  await expect(cachedFolder({ name: 'thing-1', parent, fill })).rejects.toThrow('disk full')
  expect(await readdir(parent)).toEqual([])
})

test('does not follow an existing link at the path', async () => {
  const fill = async (): Promise<void> => {}
  const folder = await cachedFolder({ name: 'thing-1', parent, fill })
  await rm(folder, { recursive: true })
  await symlink(tmpdir(), folder)

  await expect(cachedFolder({ name: 'thing-1', parent, fill })).rejects.toThrow('is not a folder of this user')
})
