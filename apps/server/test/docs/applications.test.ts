import { expect, test } from '@jest/globals'
import type { ClientTemplate } from '../../src/clients/templates/template.ts'

// The site is not part of a TypeScript project.
const path = new URL('../../../../docs/.vitepress/application-pages.ts', import.meta.url).href
const site: {
  readonly applications: readonly ClientTemplate[]
  readonly applicationPage: (template: ClientTemplate) => string
} = await import(path)

test.each(site.applications.map((application) => [application.id, application] as const))(
  'the page of %s describes the application and leaves no placeholder',
  (_id, application) => {
    const content = site.applicationPage(application)
    expect(content).toMatch(/^# .+\n\n[A-Z].+\.\n\n## In Pocket\n/)
    expect(content).not.toMatch(/undefined|\{\w+\}/)
  },
)
