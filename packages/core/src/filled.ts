/** Options with every property set. */
export type Filled<T> = { readonly [Key in keyof T]-?: Exclude<T[Key], undefined> }

type LeftOut<T> = {
  readonly [Key in keyof T as object extends Pick<T, Key> ? Key : never]-?: Exclude<T[Key], undefined>
}

/** Fills options that are missing or `undefined` with defaults. */
export function filled<T extends object>(defaults: LeftOut<T>, given: T): Filled<T> {
  const said = Object.entries(given).filter(([, value]) => value !== undefined)
  // The cast restores the property names that `Object.entries` loses.
  return { ...defaults, ...Object.fromEntries(said) } as unknown as Filled<T>
}
