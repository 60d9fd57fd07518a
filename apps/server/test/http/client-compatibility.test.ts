import { beforeAll, expect, test } from '@jest/globals'
import { shareWithAdministrator } from './app.ts'

let pageUrl: string

const { running, agent } = shareWithAdministrator()

beforeAll(async () => {
  pageUrl = `${running.url}/settings/admin/oidc-clients`
})

const marks = ['PKCE: plain', 'Access tokens: JWTs', '365 days for refresh tokens']
const findMarks = (html: string) => marks.filter((mark) => html.includes(mark))

test('shows what a client keeps from Pocket ID until an administrator turns it off', async () => {
  const clients = running.app.pocket.clients
  const client = await clients.create({
    name: 'Wiki',
    redirectUris: ['https://wiki.example/cb'],
    refreshTokenDurationMinutes: 525_600,
    protocol: { plainPkce: true, jwtAccessTokens: true },
  })
  const disableFeature = async (feature: string) => {
    const { text } = await agent.get(`${pageUrl}/${client.id}`)
    const version = /name="version" value="([^"]+)"/.exec(text)?.[1]?.replaceAll('&#34;', '"') ?? ''
    return agent.follow(await agent.postForm(`${pageUrl}/${client.id}/compatibility`, { feature, version }))
  }
  expect(findMarks((await agent.get(`${pageUrl}/${client.id}`)).text)).toEqual(marks)
  const first = (await disableFeature('plainPkce')).text
  expect([findMarks(first), first.includes('That’s off for <strong>Wiki</strong> now.')]).toEqual([
    marks.slice(1),
    true,
  ])
  expect(await disableFeature('isKnown')).toMatchObject({ status: 400 })
  expect(findMarks((await disableFeature('jwtAccessTokens')).text)).toEqual([])
  expect(await clients.find(client.id)).toMatchObject({
    refreshTokenDurationMinutes: 525_600,
    protocol: { plainPkce: false, jwtAccessTokens: false, isKnown: false },
  })
})
