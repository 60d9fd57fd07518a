import { readFile } from 'node:fs/promises'
import { expect, test } from '@jest/globals'
import { eventsReference } from '../../scripts/events-reference.ts'
import { eventNames } from '../../src/audit-log/event-names.ts'

const page = new URL('../../../../docs/reference/events.md', import.meta.url)

test('the reference of events lists every event with its meaning, and is up to date', async () => {
  const text = await readFile(page, 'utf8')
  expect(text).toBe(eventsReference())
  for (const name of eventNames) expect(text).toMatch(new RegExp(`^\\| \`${name}\` +\\| \\S`, 'm'))
})
