/** No sign that is easily taken for another: I, L, O and U are missing, and so are 0 and 1. */
export const codeAlphabet = '23456789ABCDEFGHJKMNPQRSTVWXYZ'

/** A code as it is compared: letter case, spaces and hyphens do not count. */
export function normalCode(input: string): string {
  return input.toUpperCase().replaceAll(/[\s-]/g, '')
}
