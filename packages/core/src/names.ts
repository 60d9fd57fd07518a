import type { FieldError } from './errors.ts'

/**
 * One line: no control characters, no halves of characters, no marks that turn the text around and no spaces without
 * width, by which two names could look alike. What joins letters or emoji is part of the text.
 */
export const oneLine = /^[^\p{Cc}\p{Cs}\u00AD\u200B\u2060\u202A-\u202E\u2066-\u2069\uFEFF]*$/u

/** Holds something that people can see: there are letters and symbols that are blank. */
export const visible = /[^\p{C}\p{Z}\p{Default_Ignorable_Code_Point}\u2800]/u

/**
 * Why a name that people read cannot be used, or `undefined`. Lengths are counted in characters.
 *
 * @example
 * ```ts
 * const problem = nameProblem(input.name, 100)
 * if (problem) throw new InvalidInput('validation_failed', 'The name cannot be used.', { fields: [{ field: 'name', ...problem }] })
 * ```
 */
export function nameProblem(text: string, longest: number): Pick<FieldError, 'code' | 'message'> | undefined {
  if (text === '') return { code: 'required', message: 'is required' }
  if ([...text].length > longest) return { code: 'too_long', message: `must be at most ${longest} characters long` }
  if (!oneLine.test(text)) return { code: 'invalid_format', message: 'must be one line of plain text' }
  return visible.test(text) ? undefined : { code: 'invalid_format', message: 'must not be blank' }
}

/** Whether every object of JavaScript answers to it, so that what is kept by such a name is not told apart from nothing. */
export function isObjectMember(name: string): boolean {
  return name === 'prototype' || name in Object.prototype
}

/** A name as it is stored: Unicode NFC, without white space around it. */
export function normalName(text: string): string {
  return text.normalize('NFC').trim()
}
