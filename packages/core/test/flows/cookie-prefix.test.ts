import { expect, test } from '@jest/globals'
import { UserAgent } from '@pocket/core/testing'
import { startHost } from './host.ts'

test('prefixes cookie names, by default with `pocket_`', async () => {
  for (const [cookiePrefix, name] of [
    [undefined, 'pocket_session'],
    ['acme-', 'acme-session'],
  ] as const) {
    await using host = await startHost({ options: { cookiePrefix } })
    const agent = new UserAgent()
    await agent.get(`${host.issuer}/login`)
    expect(agent.cookies().map((cookie) => cookie.name)).toEqual([name])
  }
})
