/**
 * One sentence that a store has to fulfil. A contract is a list of them, so that any test framework can run it:
 *
 * ```ts
 * for (const { name, run } of artifactStoreContract) test(name, async () => run(await makeEmptyStore()))
 * ```
 *
 * Each case wants an empty store of its own, and throws an `AssertionError` where the store breaks its word.
 *
 * @example
 * ```ts
 * for (const { name, run } of codeStoreContract) test(name, () => run(new MyCodeStore()))
 * ```
 */
export interface ContractCase<Store> {
  readonly name: string
  run(store: Store): Promise<void>
}

/** The same call fifty times at once, as a crowd of clients or replicas would make it. */
export function repeat50Times<T>(call: (index: number) => Promise<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: 50 }, (_, index) => call(index)))
}

/** Some instant, in milliseconds; later than what 32 bits hold, as every real one. */
export const noon = Date.UTC(2030, 0, 1, 12)
