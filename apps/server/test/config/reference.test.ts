import { readFile } from 'node:fs/promises'
import { expect, test } from '@jest/globals'
import { configReference } from '../../scripts/config-reference.ts'

const page = new URL('../../../../docs/reference/configuration.md', import.meta.url)

test('the configuration reference matches the schema', async () => {
  expect(await readFile(page, 'utf8')).toBe(configReference())
})
