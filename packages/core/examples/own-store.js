import { test } from 'node:test'
import { codeStoreContract } from '@pocket/core/testing'

// A custom store, here on a Map. A code is consumed in one atomic step, so that only one of two concurrent requests can
// use it.
class CodeStore {
  #codes = new Map()

  async insert(code) {
    if (this.#codes.has(code.hash)) throw new Error('This code is already stored.')
    this.#codes.set(code.hash, code)
  }

  async consume(hash, browserHash = null) {
    const code = this.#codes.get(hash)
    if (!code || (code.browserHash !== null && code.browserHash !== browserHash)) return undefined
    this.#codes.delete(hash)
    return code
  }

  async find(hash) {
    return this.#codes.get(hash)
  }

  async count(accountId, kind, now) {
    return this.#of(accountId).filter((code) => code.kind === kind && code.expiresAt > now).length
  }

  async removeKinds(accountId, kinds) {
    const removed = this.#of(accountId).filter(({ kind }) => kinds.includes(kind))
    for (const { hash } of removed) this.#codes.delete(hash)
    return removed.length
  }

  async removeCreatedIn(accountId, sessionUids) {
    for (const { hash, sessionUid } of this.#of(accountId))
      if (sessionUids.includes(sessionUid)) this.#codes.delete(hash)
  }

  async remove(hash) {
    return this.#codes.delete(hash)
  }

  async expireByAccount(accountId) {
    for (const code of this.#of(accountId)) this.#codes.set(code.hash, { ...code, expiresAt: 0 })
  }

  async removeByAccount(accountId) {
    for (const { hash } of this.#of(accountId)) this.#codes.delete(hash)
  }

  async removeExpired(before, limit) {
    const ended = [...this.#codes.values()].filter(({ expiresAt }) => expiresAt < before).slice(0, limit)
    for (const { hash } of ended) this.#codes.delete(hash)
    return ended.length
  }

  #of(accountId) {
    return [...this.#codes.values()].filter((code) => code.accountId === accountId)
  }
}

// Each case needs an empty store.
for (const { name, run } of codeStoreContract) test(name, () => run(new CodeStore()))
