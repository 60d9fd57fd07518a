import type { FieldError } from './errors.ts'

/**
 * A single line without control characters, unpaired surrogates, bidirectional controls and zero-width spaces, which
 * could make two names look alike. Joiners for letters and emoji are allowed.
 */
export const oneLinePattern = /^[^\p{Cc}\p{Cs}\u00AD\u200B\u2060\u202A-\u202E\u2066-\u2069\uFEFF]*$/u

/** Contains a visible character: some letters and symbols are blank. */
export const visiblePattern = /[^\p{C}\p{Z}\p{Default_Ignorable_Code_Point}\u2800]/u

/** Why a display name is invalid, or `undefined` if it is valid. Lengths are counted in characters. */
export function nameProblem(text: string, maxLength: number): Pick<FieldError, 'code' | 'message'> | undefined {
  if (text === '') return { code: 'required', message: 'is required' }
  if ([...text].length > maxLength) return { code: 'too_long', message: `must be at most ${maxLength} characters long` }
  if (!oneLinePattern.test(text)) return { code: 'invalid_format', message: 'must be one line of plain text' }
  return visiblePattern.test(text) ? undefined : { code: 'invalid_format', message: 'must not be blank' }
}

/** Whether every JavaScript object has this member; a lookup by such a name would find a value that was never stored. */
export function isObjectMember(name: string): boolean {
  return name === 'prototype' || name in Object.prototype
}

/** Normalizes a name for storage: Unicode NFC, trimmed. */
export function normalizeName(text: string): string {
  return text.normalize('NFC').trim()
}
