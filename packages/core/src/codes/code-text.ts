/** No sign that is easily taken for another: I, L, O and U are missing, and so are 0 and 1. */
export const codeAlphabet = '23456789ABCDEFGHJKMNPQRSTVWXYZ'

/** What somebody types who has misread a sign, and which sign that was most likely: no code holds the former. */
const lookAlikes: ReadonlyMap<string, string> = new Map([
  ['0', 'Q'],
  ['O', 'Q'],
  ['1', '7'],
  ['I', '7'],
  ['L', '7'],
  ['U', 'V'],
])

/**
 * A code as it is compared: letter case and width, spaces, hyphens and other marks do not count, and what only looks like a
 * sign of the alphabet counts as that sign.
 */
export function normalCode(input: string): string {
  return input
    .normalize('NFKC')
    .toUpperCase()
    .replaceAll(/[\p{P}\p{Z}\p{C}]/gu, '')
    .replaceAll(/[01ILOU]/g, (sign) => lookAlikes.get(sign) ?? sign)
}
