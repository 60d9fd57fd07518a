/** The nearest text that is one line of plain text with at most this many characters. */
export function oneLine(text: string, maxLength: number): string {
  const line = text
    .normalize('NFC')
    .replaceAll(/[\p{Cc}\p{Cs}\u00AD\u200B\u2060\u202A-\u202E\u2066-\u2069\uFEFF]+/gu, ' ')
  return [...line.trim()].slice(0, maxLength).join('').trim()
}

/** A name as one line of at most `maxLength` characters; reports a change. */
export function planName(
  name: string,
  { maxLength, fallback }: { readonly maxLength: number; readonly fallback: string },
  changed: (reason: string) => void,
): string {
  const planned = oneLine(name, maxLength) || fallback
  if (planned !== name.normalize('NFC')) changed(`Its name became ${planned}.`)
  return planned
}

/** SHA-256 in base64url, as secrets are stored; `undefined` if the text is not one in hexadecimal. */
export function hashFromHex(hex: string): string | undefined {
  return /^[0-9a-f]{64}$/i.test(hex) ? Buffer.from(hex, 'hex').toString('base64url') : undefined
}
