import { readFile } from 'node:fs/promises'
import { expect, test } from '@jest/globals'
import { accessReference } from '../../scripts/access-reference.ts'

const page = new URL('../../../../docs/reference/access.md', import.meta.url)

test('docs/reference/access.md is generated from the access table', async () => {
  expect(await readFile(page, 'utf8')).toBe(accessReference())
})
