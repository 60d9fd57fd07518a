import { describe, expect, test } from '@jest/globals'
import { UserAgent } from '@pocket/core/testing'
import { decide, type Host, signIn, startHost, viewOf } from './host.ts'

const redirectUri = 'https://client.example'
const back = (url: string) => url.startsWith(redirectUri)

async function signedIn(host: Host) {
  const { client } = await host.client({ redirectUris: [redirectUri] })
  const { authenticator, account } = await host.person('ada')
  const url = `${host.issuer}/authorize?${new URLSearchParams({ client_id: client.id, redirect_uri: redirectUri, response_type: 'code', scope: 'openid' })}`
  const agent = new UserAgent()
  const page = await agent.follow(await agent.get(url))
  await decide(agent, await signIn(agent, page, authenticator, back), 'submitTo', back)
  return { agent, url, account, authenticator }
}

const cookieOf = (agent: UserAgent) => agent.cookies().find(({ name }) => name === 'access_token')?.value

describe('the browser session', () => {
  test('takes a new id when somebody signs in anew, and the old one lets nobody in', async () => {
    await using host = await startHost()
    const { agent, url, authenticator } = await signedIn(host)
    const old = agent.cookies().filter(({ name }) => name.startsWith('access_token'))
    const page = await agent.follow(await agent.get(`${url}&prompt=login`))
    await signIn(agent, page, authenticator, back)
    expect(cookieOf(agent)).not.toBe(old[0]?.value)
    const thief = new UserAgent()
    const cookie = old.map(({ name, value }) => `${name}=${value}`).join('; ')
    const answer = await thief.get(`${url}&prompt=none`, { headers: { cookie } })
    expect(answer.location).toContain('error=login_required')
  })

  test('survives a failure in the moment in which it takes a new id', async () => {
    await using host = await startHost()
    const { agent, url, authenticator } = await signedIn(host)
    const page = await agent.follow(await agent.get(`${url}&prompt=login`))
    const { artifacts } = host.stores
    const replace = artifacts.replace.bind(artifacts)
    artifacts.replace = async () => {
      throw new Error('the database went away')
    }
    await signIn(agent, page, authenticator, back).catch(() => undefined)
    expect(host.errors).not.toEqual([])
    artifacts.replace = replace
    expect((await agent.get(`${url}&prompt=none`)).location).toContain('code=')
  })

  test('does not come back when a request that has read it ends after it was ended', async () => {
    await using host = await startHost()
    const { agent, url, account } = await signedIn(host)
    const { artifacts } = host.stores
    const upsert = artifacts.upsert.bind(artifacts)
    artifacts.upsert = async (artifact) => {
      if (artifact.model === 'AuthorizationCode') await host.pocket.endAccess(account.id)
      await upsert(artifact)
    }
    await agent.get(`${url}&prompt=none`)
    artifacts.upsert = upsert
    expect((await agent.get(`${url}&prompt=none`)).location).toContain('error=login_required')
  })

  test('is over when access is ended', async () => {
    await using host = await startHost()
    const { agent, url, account } = await signedIn(host)
    await host.pocket.endAccess(account.id)
    expect((await agent.get(`${url}&prompt=none`)).location).toContain('error=login_required')
  })

  test('is neither begun by a visit nor adopted from a made-up cookie', async () => {
    await using host = await startHost()
    const { url, authenticator } = await signedIn(host)
    const visitor = new UserAgent()
    await visitor.get(url)
    expect(cookieOf(visitor)).toBeUndefined()
    const agent = new UserAgent()
    const page = await agent.get(url, { headers: { cookie: 'access_token=mine' } })
    expect(cookieOf(agent)).not.toBe('mine')
    const signInPage = await agent.get(page.location ?? '')
    expect(viewOf(signInPage)).toMatchObject({ view: 'sign-in' })
    await signIn(agent, signInPage, authenticator, back)
    expect(cookieOf(agent)).toEqual(expect.any(String))
    expect(cookieOf(agent)).not.toBe('mine')
  })

  test('and everything else that lets somebody in is nowhere in the store in clear', async () => {
    await using host = await startHost()
    const stored: string[] = []
    for (const name of ['upsert', 'insert'] as const) {
      const store = host.stores.artifacts[name].bind(host.stores.artifacts) as (artifact: object) => Promise<never>
      host.stores.artifacts[name] = async (artifact: object) => {
        stored.push(JSON.stringify(artifact))
        return store(artifact)
      }
    }
    const { agent, url } = await signedIn(host)
    const { location } = await agent.get(url)
    const bearers = [
      new URL(location ?? '').searchParams.get('code') ?? '',
      ...agent.cookies().map(({ value }) => value),
    ]
    expect(stored.length).toBeGreaterThan(3)
    expect(bearers.filter((value) => value.length < 20)).toEqual([])
    for (const value of bearers) expect(stored.filter((text) => text.includes(value))).toEqual([])
  })
})
