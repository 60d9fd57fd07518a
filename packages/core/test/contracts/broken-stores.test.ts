import { expect, test } from '@jest/globals'
import { memoryStores } from '@pocket/core/memory'
import {
  artifactStoreContract,
  type ContractCase,
  codeStoreContract,
  deviceLoginStoreContract,
  reauthenticationStoreContract,
  spentChallengeStoreContract,
} from '@pocket/core/testing'

/** Repeats the first successful response to the same request, so that a single-use artifact can be used twice. */
function repeatFirstResult<Store extends object>(store: Store, method: keyof Store): Store {
  const answers = new Map<string, Promise<unknown>>()
  return new Proxy(store, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name)
      if (typeof value !== 'function') return value
      if (name !== method) return value.bind(target)
      return async (...input: unknown[]) => {
        const key = JSON.stringify(input[0], (_name, each) => (typeof each === 'number' ? 0 : each))
        const pending = answers.get(key)
        const before = pending && (await pending)
        if (before) return before
        const result = Promise.resolve(value.apply(target, input))
        answers.set(key, result)
        if (!(await result)) answers.delete(key)
        return result
      }
    },
  })
}

async function countFailures<Store>(contract: readonly ContractCase<Store>[], open: () => Store): Promise<number> {
  const outcomes = await Promise.allSettled(contract.map(({ run }) => run(open())))
  return outcomes.filter(({ status }) => status === 'rejected').length
}

test.each([
  [
    'spent challenges',
    () => countFailures(spentChallengeStoreContract, () => repeatFirstResult(memoryStores().spentChallenges, 'insert')),
  ],
  ['codes', () => countFailures(codeStoreContract, () => repeatFirstResult(memoryStores().codes, 'consume'))],
  [
    'device logins',
    () => countFailures(deviceLoginStoreContract, () => repeatFirstResult(memoryStores().deviceLogins, 'consume')),
  ],
  [
    'reauthentications',
    () =>
      countFailures(reauthenticationStoreContract, () =>
        repeatFirstResult(memoryStores().reauthentications, 'consume'),
      ),
  ],
  [
    'artifacts',
    () => countFailures(artifactStoreContract, () => repeatFirstResult(memoryStores().artifacts, 'consume')),
  ],
])('the contract catches a store of %s that breaks single use', async (_name, check) => {
  expect(await check()).toBeGreaterThan(0)
})
