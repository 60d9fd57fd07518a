/** The alphabet omits easily confused characters: I, L, O, U, 0 and 1. */
export const codeAlphabet = '23456789ABCDEFGHJKMNPQRSTVWXYZ'

/** Maps characters outside the alphabet to the most similar character of the alphabet. */
const lookAlikes: ReadonlyMap<string, string> = new Map([
  ['0', 'Q'],
  ['O', 'Q'],
  ['1', '7'],
  ['I', '7'],
  ['L', '7'],
  ['U', 'V'],
])

/**
 * Normalizes a code for comparison: ignores case, width, spaces, hyphens and other punctuation, and replaces look-alike
 * characters.
 */
export function normalizeCode(input: string): string {
  return input
    .normalize('NFKC')
    .toUpperCase()
    .replaceAll(/[\p{P}\p{Z}\p{C}]/gu, '')
    .replaceAll(/[01ILOU]/g, (sign) => lookAlikes.get(sign) ?? sign)
}
