import { expect, jest, test } from '@jest/globals'
import { memoryStores } from '@pocket/core/memory'
import Cookies from 'cookies'
import { rule, startSites, visit, wiki } from './sites.ts'

/** `cookies` keeps a regular expression for each name that it has read. */
test('sign-ins of other browsers read no cookies of other names', async () => {
  await using sites = await startSites(memoryStores())
  await sites.site({ protectedHosts: ['wiki.example.org'], accessRules: [rule()] })
  const person = await sites.host.person('ada')
  const read = jest.spyOn(Cookies.prototype, 'get')
  const readNames = async () => {
    const page = await visit(sites.browser(), `${wiki}/`, person)
    expect(page.status).toBe(200)
    return new Set(read.mock.calls.splice(0).map(([name]) => name))
  }
  try {
    const names = await readNames()
    expect(names.size).toBeGreaterThan(0)
    expect(await readNames()).toEqual(names)
  } finally {
    read.mockRestore()
  }
})
