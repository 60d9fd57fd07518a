import { readFile } from 'node:fs/promises'
import { expect, test } from '@jest/globals'
import { configReference } from '../../scripts/config-reference.ts'

const page = new URL('../../../../docs/reference/configuration.md', import.meta.url)

test('the reference of the configuration is what the schema says', async () => {
  expect(await readFile(page, 'utf8')).toBe(configReference())
})
