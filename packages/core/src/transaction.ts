/**
 * Runs `work` so that all writes of every store made in it are kept together or not at all. A rejection of `work`
 * undoes them and is passed on. Nested calls join the outer transaction.
 */
export type Transaction = <T>(work: () => Promise<T>) => Promise<T>
