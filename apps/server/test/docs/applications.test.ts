import { expect, test } from '@jest/globals'

interface Pages {
  paths(): readonly { readonly params: { readonly id: string }; readonly content: string }[]
}

// The site is not part of a TypeScript project.
const path = new URL('../../../../docs/applications/[id].paths.ts', import.meta.url).href
const { default: applications }: { readonly default: Pages } = await import(path)

test.each(applications.paths().map(({ params, content }) => [params.id, content]))(
  'the page of %s describes the application and leaves no placeholder',
  (_id, content) => {
    expect(content).toMatch(/^# .+\n\n[A-Z].+\.\n\n## In Pocket\n/)
    expect(content).not.toMatch(/undefined|\{\w+\}/)
  },
)
