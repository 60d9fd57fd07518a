import { readFile } from 'node:fs/promises'
import { expect, test } from '@jest/globals'
import { errorCodes } from '@pocket/core/errors'
import { errorsReference } from '../../scripts/errors-reference.ts'

const page = new URL('../../../../docs/reference/errors.md', import.meta.url)

test('the error reference lists every code with its title, and is up to date', async () => {
  const text = await readFile(page, 'utf8')
  expect(text).toBe(errorsReference())
  for (const code of errorCodes)
    expect(text).toMatch(new RegExp(`## \`${code}\`\\n\\n\\*\\*\\S.+\\.\\*\\*( \\S.*)?\\n`))
  expect(text).not.toContain('undefined')
})
