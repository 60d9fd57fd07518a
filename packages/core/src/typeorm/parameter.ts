/** The parameter types that both databases support. */
export type Parameter = string | number | boolean | null
