import assert from 'node:assert/strict'
import type { IssuerStore } from '../../issuer-store.ts'
import { type ContractCase, contractCase, repeat50Times } from './contract.ts'

const [first, second] = ['https://id.example.com', 'https://login.example.com/sso'] as const

/** The contract of {@link IssuerStore}. */
export const issuerStoreContract: readonly ContractCase<IssuerStore>[] = [
  contractCase('keeps the first issuer', async (store) => {
    assert.equal(await store.claim(first), first)
    assert.equal(await store.claim(second), first)
    assert.equal(await store.claim(first), first)
  }),
  contractCase('keeps one of fifty concurrent issuers', async (store) => {
    const stored = new Set(await repeat50Times((index) => store.claim(`https://id${index}.example.com`)))
    assert.deepEqual([...stored], [await store.claim(second)])
  }),
  contractCase('replaces only the issuer that is stored', async (store) => {
    assert.equal(await store.replace(first, second), false)
    await store.claim(first)
    assert.equal(await store.replace(second, first), false)
    assert.equal(await store.replace(first, second), true)
    assert.equal(await store.claim(first), second)
  }),
]
