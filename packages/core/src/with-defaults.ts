export type WithDefaults<T> = { readonly [Key in keyof T]-?: Exclude<T[Key], undefined> }

type OptionalDefaults<T> = {
  readonly [Key in keyof T as object extends Pick<T, Key> ? Key : never]-?: Exclude<T[Key], undefined>
}

/** Fills options that are missing or `undefined` with defaults. */
export function withDefaults<T extends object>(defaults: OptionalDefaults<T>, options: T): WithDefaults<T> {
  const definedOptions = Object.entries(options).filter(([, value]) => value !== undefined)
  // The cast restores the property names that `Object.entries` loses.
  return { ...defaults, ...Object.fromEntries(definedOptions) } as unknown as WithDefaults<T>
}
