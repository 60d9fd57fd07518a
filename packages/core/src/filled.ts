/** Options of which none is left out. */
export type Filled<T> = { readonly [Key in keyof T]-?: Exclude<T[Key], undefined> }

type LeftOut<T> = {
  readonly [Key in keyof T as object extends Pick<T, Key> ? Key : never]-?: Exclude<T[Key], undefined>
}

/** What is given, with defaults for what is left out or `undefined`. */
export function filled<T extends object>(defaults: LeftOut<T>, given: T): Filled<T> {
  const said = Object.entries(given).filter(([, value]) => value !== undefined)
  // A cast: `Object.entries` forgets the names.
  return { ...defaults, ...Object.fromEntries(said) } as unknown as Filled<T>
}
