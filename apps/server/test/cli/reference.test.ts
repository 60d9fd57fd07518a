import { readFile } from 'node:fs/promises'
import { expect, test } from '@jest/globals'
import { commandLineReference } from '../../scripts/command-line-reference.ts'

const page = new URL('../../../../docs/reference/command-line.md', import.meta.url)

test('docs/reference/command-line.md is generated from the commands', async () => {
  expect(await readFile(page, 'utf8')).toBe(commandLineReference())
})
