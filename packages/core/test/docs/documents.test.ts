import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { publicApi } from '../package/public-api.ts'

const workspace = join(import.meta.dirname, '../../../..')
const read = (path: string) => readFile(join(workspace, path), 'utf8')
const guides = (await readdir(join(workspace, 'docs/guides'))).map((name) => `docs/guides/${name}`)
const documents = [...guides, 'README.md', 'packages/core/README.md', 'packages/directory/README.md']
const examples = (await readdir(join(workspace, 'packages/core/examples'))).filter((name) => name.endsWith('.js'))

describe.each(documents)('%s', (path) => {
  test('shows programs as they are', async () => {
    const text = await read(path)
    for (const [, file = '', shown = ''] of text.matchAll(/<!-- (packages\/\S+) -->\n\n```\w+\n(.*?)```\n/gs))
      expect({ file, shown }).toEqual({ file, shown: await read(file) })
  })

  test('leads to files that are there', async () => {
    for (const [, target = ''] of (await read(path)).matchAll(/\]\((?!https?:|#)([^)#\s]+)[^)]*\)/g)) {
      const there = await readdir(join(workspace, path, '..', target)).catch(() =>
        readFile(join(workspace, path, '..', target)),
      )
      expect(there).toBeDefined()
    }
  })
})

test('every name that a document or an example imports is exported', async () => {
  const known = new Map<string, Set<string>>()
  for (const name of ['core', 'directory'])
    for (const [door, exported] of await publicApi(name))
      known.set(join('@pocket', name, door), new Set(exported.map((each) => each.name)))
  const texts = [...documents, ...examples.map((name) => `packages/core/examples/${name}`)].map(read)
  const unknown = (await Promise.all(texts)).flatMap((text) =>
    [...text.matchAll(/import (?:type )?\{([^}]*)\} from '(@pocket\/(?:core|directory)[^']*)'/g)].flatMap(
      ([, names = '', door = '']) =>
        names
          .split(',')
          .map((name) => name.trim())
          .filter((name) => name !== '' && !known.get(door)?.has(name)),
    ),
  )
  expect(unknown).toEqual([])
})
