import type { FieldError } from './errors.ts'

/** Control characters, halves of characters, and the marks that turn the direction of the text after a name around. */
const disturbing = /[\p{Cc}\p{Cs}\u202A-\u202E\u2066-\u2069]/u

/** Why a name that people read cannot be used, or `undefined`. Lengths are counted in characters. */
export function nameProblem(text: string, longest: number): Pick<FieldError, 'code' | 'message'> | undefined {
  if (text === '') return { code: 'required', message: 'is required' }
  if ([...text].length > longest) return { code: 'too_long', message: `must be at most ${longest} characters long` }
  if (disturbing.test(text)) return { code: 'invalid_format', message: 'must be one line of plain text' }
  return undefined
}

/** A name as it is stored: Unicode NFC, without white space around it. */
export function normalName(text: string): string {
  return text.normalize('NFC').trim()
}
