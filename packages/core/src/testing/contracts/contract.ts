/**
 * One requirement of a store. A contract is a list of cases, so that any test framework can run it:
 *
 * ```ts
 * for (const { name, run } of artifactStoreContract) test(name, async () => run(await makeEmptyStore()))
 * ```
 *
 * Each case needs its own empty store, and throws an `AssertionError` if the store violates the requirement.
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

/** The cases of a contract by their names. */
export function contract<Store>(
  cases: Readonly<Record<string, ContractCase<Store>['run']>>,
): readonly ContractCase<Store>[] {
  return Object.entries(cases).map(([name, run]) => ({ name, run }))
}

/** Makes the same call fifty times concurrently, as many clients or replicas would. */
export function repeat50Times<T>(call: (index: number) => Promise<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: 50 }, (_, index) => call(index)))
}

/** A fixed time in milliseconds that exceeds 32 bits, as real timestamps do. */
export const noon = Date.UTC(2030, 0, 1, 12)
