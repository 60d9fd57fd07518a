import { readFile } from 'node:fs/promises'
import { expect, test } from '@jest/globals'
import { clientTypes, liveDocument, target } from '../scripts/generate.ts'

test('the types are those of the document that the server answers', async () => {
  const types = await clientTypes(await liveDocument())
  expect(await readFile(target, 'utf8')).toBe(types)
})
