import assert from 'node:assert/strict'
import type { IssuerStore } from '../../issuer-store.ts'
import { type ContractCase, contract, repeat50Times } from './contract.ts'

const [first, second] = ['https://id.example.com', 'https://login.example.com/sso'] as const

/** The contract of {@link IssuerStore}. */
export const issuerStoreContract: readonly ContractCase<IssuerStore>[] = contract({
  async 'keeps the first issuer'(store) {
    assert.equal(await store.claim(first), first)
    assert.equal(await store.claim(second), first)
    assert.equal(await store.claim(first), first)
  },
  async 'keeps one of fifty concurrent issuers'(store) {
    const stored = new Set(await repeat50Times((index) => store.claim(`https://id${index}.example.com`)))
    assert.deepEqual([...stored], [await store.claim(second)])
  },
  async 'replaces only the issuer that is stored'(store) {
    assert.equal(await store.replace(first, second), false)
    await store.claim(first)
    assert.equal(await store.replace(second, first), false)
    assert.equal(await store.replace(first, second), true)
    assert.equal(await store.claim(first), second)
  },
})
