import { expect, test } from '@jest/globals'
import applications from '../../../../docs/applications/[id].paths.ts'

test.each(applications.paths().map(({ params, content }) => [params.id, content]))(
  'the page of %s describes the application and leaves no placeholder',
  (_id, content) => {
    expect(content).toMatch(/^# .+\n\n[A-Z].+\.\n\n## In Pocket\n/)
    expect(content).not.toMatch(/undefined|\{\w+\}/)
  },
)
