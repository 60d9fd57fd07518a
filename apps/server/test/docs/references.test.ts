import { readFile } from 'node:fs/promises'
import { describe, expect, test } from '@jest/globals'
import { errorCodes } from '@pocket/core/errors'
import { accessReference } from '../../scripts/access-reference.ts'
import { commandLineReference } from '../../scripts/command-line-reference.ts'
import { configReference } from '../../scripts/config-reference.ts'
import { errorsReference } from '../../scripts/errors-reference.ts'
import { eventsReference } from '../../scripts/events-reference.ts'
import { metricsReference } from '../../scripts/metrics-reference.ts'
import { compatibilityReference } from '../../scripts/pocket-id-compatibility.ts'
import { eventNames } from '../../src/audit-log/event-names.ts'

test.each([
  ['access', accessReference],
  ['command-line', commandLineReference],
  ['configuration', configReference],
  ['errors', errorsReference],
  ['events', eventsReference],
  ['metrics', metricsReference],
  ['pocket-id-compatibility', compatibilityReference],
])('docs/reference/%s.md is up to date', async (name, generate) => {
  const page = new URL(`../../../../docs/reference/${name}.md`, import.meta.url)
  expect(await readFile(page, 'utf8')).toBe(generate())
})

describe('a reference', () => {
  test('lists every error code with its title', () => {
    for (const code of errorCodes)
      expect(errorsReference()).toMatch(new RegExp(`## \`${code}\`\\n\\n\\*\\*\\S.+\\.\\*\\*( \\S.*)?\\n`))
    expect(errorsReference()).not.toContain('undefined')
  })

  test('lists every event with its meaning', () => {
    for (const name of eventNames) expect(eventsReference()).toMatch(new RegExp(`^\\| \`${name}\` +\\| \\S`, 'm'))
  })
})
