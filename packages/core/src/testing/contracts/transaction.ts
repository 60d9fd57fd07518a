import assert from 'node:assert/strict'
import type { StoredCode } from '../../codes/code-store.ts'
import type { PocketStores } from '../../stores.ts'
import { type ContractCase, contract, noon } from './contract.ts'

function code(hash: string): StoredCode {
  return {
    hash,
    accountId: 'account',
    browserHash: null,
    byProgram: false,
    kind: null,
    sessionUid: null,
    expiresAt: noon,
  }
}

const failure = new Error('on purpose')
const isFailure = (error: unknown): boolean => error === failure

/** The contract of `transaction` in {@link PocketStores}, across all stores. */
export const transactionContract: readonly ContractCase<PocketStores>[] = contract({
  async 'commits the writes of all stores and returns the result'(stores) {
    const result = await stores.transaction(async () => {
      await stores.codes.insert(code('a'))
      await stores.consents.allow('account', 'client', ['openid'], noon)
      return 'done'
    })
    assert.equal(result, 'done')
    assert.notEqual(await stores.codes.consume('a'), undefined)
    assert.notEqual(await stores.consents.find('account', 'client'), undefined)
  },
  async 'rolls back the writes of all stores on failure and rethrows the error'(stores) {
    await stores.codes.insert(code('kept'))
    const failing = stores.transaction(async () => {
      await stores.codes.insert(code('a'))
      await stores.codes.consume('kept')
      await stores.consents.allow('account', 'client', ['openid'], noon)
      throw failure
    })
    await assert.rejects(failing, isFailure)
    assert.equal(await stores.codes.consume('a'), undefined)
    assert.deepEqual(await stores.codes.consume('kept'), code('kept'))
    assert.equal(await stores.consents.find('account', 'client'), undefined)
  },
  async 'sees its own writes'(stores) {
    await stores.transaction(async () => {
      await stores.codes.insert(code('a'))
      assert.deepEqual(await stores.codes.consume('a'), code('a'))
    })
  },
  async 'does not roll back a concurrent transaction'(stores) {
    const insertCode = (hash: string, isRejected: boolean) =>
      stores.transaction(async () => {
        await stores.codes.insert(code(hash))
        if (isRejected) throw failure
      })
    const outcomes = await Promise.allSettled([
      insertCode('a', true),
      insertCode('b', false),
      insertCode('c', true),
      insertCode('d', false),
    ])
    assert.deepEqual(
      outcomes.map(({ status }) => status),
      ['rejected', 'fulfilled', 'rejected', 'fulfilled'],
    )
    for (const [hash, kept] of Object.entries({ a: false, b: true, c: false, d: true }))
      assert.equal((await stores.codes.consume(hash)) !== undefined, kept)
  },
  async 'rolls back concurrent statements if one of them fails'(stores) {
    await stores.codes.insert(code('taken'))
    const failing = stores.transaction(async () => {
      const all = ['taken', 'b', 'c', 'd'].map((hash) => stores.codes.insert(code(hash)))
      await Promise.all(all.map((insert) => insert.catch(() => Promise.reject(failure))))
    })
    await assert.rejects(failing)
    // Pending statements of the transaction have been rejected before other work continues.
    await stores.codes.insert(code('later'))
    for (const hash of ['b', 'c', 'd']) assert.equal(await stores.codes.consume(hash), undefined)
  },
  async 'joins a nested call, and rolls back both'(stores) {
    const failing = stores.transaction(async () => {
      await stores.transaction(() => stores.codes.insert(code('inner')))
      throw failure
    })
    await assert.rejects(failing, isFailure)
    assert.equal(await stores.codes.consume('inner'), undefined)
  },
  async 'does not roll back concurrent writes'(stores) {
    const { opened, open, others, release } = createGate()
    const failing = stores.transaction(async () => {
      await stores.codes.insert(code('mine'))
      open()
      await others
      throw failure
    })
    await opened
    const written = Promise.all([
      stores.codes.insert(code('theirs')),
      stores.transaction(() => stores.codes.insert(code('theirs too'))),
    ])
    release()
    await assert.rejects(failing, isFailure)
    await written
    assert.equal(await stores.codes.consume('mine'), undefined)
    assert.notEqual(await stores.codes.consume('theirs'), undefined)
    assert.notEqual(await stores.codes.consume('theirs too'), undefined)
  },
  async 'hides uncommitted writes'(stores) {
    const { opened, open, others, release } = createGate()
    const failing = stores.transaction(async () => {
      await stores.consents.allow('account', 'client', ['openid'], noon)
      open()
      await others
      throw failure
    })
    await opened
    const seen = stores.consents.find('account', 'client')
    release()
    await assert.rejects(failing, isFailure)
    assert.equal(await seen, undefined)
  },
  async 'rejects statements after its end'(stores) {
    const { others, release } = createGate()
    let late: Promise<void> | undefined
    const failing = stores.transaction(async () => {
      late = others.then(() => stores.codes.insert(code('late')))
      throw failure
    })
    await assert.rejects(failing, isFailure)
    release()
    await assert.rejects(async () => late)
    assert.equal(await stores.codes.consume('late'), undefined)
  },
})

interface Gate {
  readonly opened: Promise<void>
  readonly others: Promise<void>
  open(): void
  release(): void
}

/** Two signals between a transaction and the callers that wait for it. */
function createGate(): Gate {
  let open = (): void => {}
  let release = (): void => {}
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  const others = new Promise<void>((resolve) => {
    release = resolve
  })
  return { opened, others, open: () => open(), release: () => release() }
}
