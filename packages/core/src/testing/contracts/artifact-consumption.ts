import assert from 'node:assert/strict'
import type { Artifact, ArtifactStore } from '../../oidc/artifact-store.ts'
import { type ContractCase, contract, noon, repeat50Times } from './contract.ts'

export function artifact(key: string, changes: Partial<Artifact> = {}): Artifact {
  return {
    key,
    model: 'AccessToken',
    payload: `{"of":"${key}"}`,
    grantId: null,
    accountId: null,
    clientId: null,
    uid: null,
    userCodeHash: null,
    expiresAt: null,
    consumedAt: null,
    timesConsumed: null,
    polledAt: null,
    network: null,
    ...changes,
  }
}

export const complete = artifact('complete', {
  payload: '{"text":"Zürich — \\u0000 — 漢字 — \'\\"; --"}',
  grantId: 'grant',
  accountId: 'account',
  clientId: 'https://client.example/metadata.json',
  uid: 'uid',
  userCodeHash: 'code',
  expiresAt: noon,
  consumedAt: noon - 1,
  timesConsumed: 2,
  polledAt: noon - 2,
})

/** The consumption of artifacts, and the storage of tokens together with it. */
export const consumptionCases: readonly ContractCase<ArtifactStore>[] = contract({
  async 'lets one of fifty concurrent consumers succeed, and keeps its time'(store) {
    await store.upsert(artifact('a'))
    const results = await repeat50Times((index) => store.consume('a', noon + index))
    assert.deepEqual(results.filter(Boolean), [true])
    assert.equal((await store.find('a'))?.consumedAt, noon + results.indexOf(true))
    assert.equal(await store.consume('a', noon + 99), false)
  },
  async 'allows the configured number of uses within the leeway and none after it'(store) {
    const leeway = { milliseconds: 3000, uses: 10 }
    await store.upsert(artifact('a'))
    const results = await repeat50Times(() => store.consume('a', noon, leeway))
    assert.equal(results.filter(Boolean).length, 10)
    assert.equal((await store.find('a'))?.timesConsumed, 10)
    await store.upsert(artifact('b'))
    assert.equal(await store.consume('b', noon, leeway), true)
    assert.equal(await store.consume('b', noon + 2999, leeway), true)
    assert.equal(await store.consume('b', noon + 3000, leeway), false)
    assert.equal(await store.consume('b', noon + 1), false)
    assert.equal((await store.find('b'))?.consumedAt, noon)
  },
  async 'issues artifacts for the first of fifty concurrent uses, and none without the grant'(store) {
    const issueTokens = (name: string) =>
      store.issue({
        grantKey: 'grant',
        use: { key: 'code', at: noon },
        artifacts: [artifact(`access ${name}`), artifact(`refresh ${name}`)],
      })
    await store.upsert(artifact('code'))
    assert.equal(await issueTokens('early'), 'revoked')
    assert.equal((await store.find('code'))?.consumedAt, null)
    await store.upsert(artifact('grant', { model: 'Grant' }))
    const outcomes = await repeat50Times((index) => issueTokens(String(index)))
    const winner = outcomes.indexOf('issued')
    assert.deepEqual(new Set(outcomes), new Set(['issued', 'used']))
    assert.equal(outcomes.lastIndexOf('issued'), winner)
    assert.equal((await store.find('code'))?.timesConsumed, 1)
    for (const [index] of outcomes.entries()) {
      const expected = index === winner ? artifact(`access ${index}`) : undefined
      assert.deepEqual(await store.find(`access ${index}`), expected)
    }
    assert.deepEqual(await store.find(`refresh ${winner}`), artifact(`refresh ${winner}`))
  },
  async 'issues artifacts without a credential, and within its leeway'(store) {
    await store.upsert(artifact('grant', { model: 'Grant' }))
    assert.equal(await store.issue({ grantKey: 'grant', artifacts: [artifact('a')] }), 'issued')
    assert.equal(await store.issue({ grantKey: 'missing', artifacts: [artifact('b')] }), 'revoked')
    assert.deepEqual(await store.find('a'), artifact('a'))
    assert.equal(await store.find('b'), undefined)
    await store.upsert(artifact('token'))
    const use = { key: 'token', at: noon, leeway: { milliseconds: 10, uses: 2 } }
    const outcomes: string[] = []
    for (let times = 0; times < 3; times++)
      outcomes.push(await store.issue({ grantKey: 'grant', use, artifacts: [complete] }))
    assert.deepEqual(outcomes, ['issued', 'issued', 'used'])
    assert.equal((await store.find('complete'))?.payload, complete.payload)
  },
  async 'does not consume a missing artifact'(store) {
    assert.equal(await store.consume('a', noon), false)
    assert.equal(await store.find('a'), undefined)
  },
  async 'accepts one of fifty concurrent decisions'(store) {
    await store.upsert(artifact('a', { userCodeHash: 'h' }))
    const results = await repeat50Times((index) => store.decide(artifact('a', { accountId: `account ${index}` })))
    assert.deepEqual(results.filter(Boolean), [true])
    assert.equal((await store.find('a'))?.accountId, `account ${results.indexOf(true)}`)
    assert.equal(await store.decide(artifact('b', { accountId: 'account' })), false)
    assert.equal(await store.find('b'), undefined)
  },
  async 'accepts one of fifty concurrent polls, and the next one after the interval'(store) {
    await store.upsert(artifact('a'))
    const results = await repeat50Times(() => store.poll('a', noon, 5000))
    assert.deepEqual(results.filter(Boolean), [true])
    assert.equal(await store.poll('a', noon + 4999, 5000), false)
    assert.equal(await store.poll('a', noon + 5000, 5000), true)
    assert.equal((await store.find('a'))?.polledAt, noon + 5000)
    assert.equal(await store.poll('b', noon, 5000), false)
  },
})
