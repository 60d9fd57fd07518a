import { describe, expect, test } from '@jest/globals'
import { databaseKinds, shareBetweenTests } from '@pocket/test-support'
import { findAuditEvents, startCalledInstance } from './calls.ts'
import { reauthenticate } from './instance.ts'

interface SigningKey {
  readonly kid: string
  readonly algorithm: string
  readonly status: 'current' | 'next' | 'previous'
  readonly until: string
}

interface Replacement {
  readonly algorithm: string
  readonly kid: string
  readonly signsFrom: string
}

const page = '/settings/admin/application-configuration/oidc'

describe.each(databaseKinds)('signing keys on %s', (kind) => {
  const instance = shareBetweenTests(() => startCalledInstance(kind))

  const keys = async () => (await instance.call('GET /api/signing-keys')).json as unknown as readonly SigningKey[]
  const rotate = async (body: object = {}) => {
    const { status, json } = await instance.call('POST /api/signing-keys/rotate', { body })
    expect(status).toBe(200)
    return json as unknown as readonly Replacement[]
  }
  const fetchPublishedKids = async () => {
    const { keys: all } = (await (await fetch(`${instance.url}/.well-known/jwks.json`)).json()) as {
      keys: { kid: string }[]
    }
    return all.map(({ kid }) => kid)
  }
  const kidsOf = (all: readonly SigningKey[], status: SigningKey['status']) =>
    all.filter((key) => key.status === status).map(({ kid }) => kid)
  const send = async (fields: Readonly<Record<string, string>>) => {
    const { administrator, url } = instance
    const post = () => administrator.postForm(`${url}${page}/signing-keys`, fields)
    const result = await post()
    if (result.status !== 401) return administrator.follow(result)
    await reauthenticate(administrator, url, instance.administratorAuthenticator)
    return administrator.follow(await post())
  }

  test('sign immediately and unpublish the old key on request', async () => {
    const before = await keys()
    const replaced = await rotate({ now: true })
    expect(replaced.map(({ kid }) => kid)).toEqual(kidsOf(before, 'next'))
    expect(kidsOf(await keys(), 'current')).toEqual(kidsOf(before, 'next'))
    const now = await fetchPublishedKids()
    expect(now).toEqual(expect.arrayContaining(kidsOf(before, 'next')))
    expect(now.filter((kid) => kidsOf(before, 'current').includes(kid))).toEqual([])
    expect(findAuditEvents(instance, 'keys_rotated').at(-1)).toMatchObject({ kid: replaced.at(-1)?.kid })
  })

  test('rotate on the page, once for a form that is sent twice', async () => {
    const shown = await instance.administrator.get(instance.url + page)
    const form = shown.forms().find(({ action }) => action.endsWith('/signing-keys'))
    const kid = form?.fields.kid ?? ''
    expect(kidsOf(await keys(), 'current')).toContain(kid)
    expect((await send({ kid })).text).toContain('The new signing keys are published. They sign in a few minutes.')
    expect((await send({ kid, immediately: 'true' })).text).toContain(
      '<p>Done: <strong>Signing keys · OpenID Connect</strong></p>',
    )
    const after = await keys()
    expect(after.map((key) => key.kid)).not.toContain(kid)
    expect((await send({ kid, immediately: 'true' })).text).toContain('These signing keys were already replaced.')
    expect(await keys()).toEqual(after)
  })
})
