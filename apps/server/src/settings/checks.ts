import { X509Certificate } from 'node:crypto'
import { InvalidInputError } from '@pocket/core/errors'
import type { CustomClaim } from '@pocket/directory'
import { validateClaims } from '@pocket/directory/internal'
import { isStorable } from '../http/api/text.ts'

/** A validation error of a value. `code` is stable, `message` follows the name of the setting. It never contains a secret. */
export interface Fault {
  readonly code: 'required' | 'too_short' | 'too_long' | 'invalid_format' | 'oneof'
  readonly message: string
  /** The position within the value, such as `[0]`. */
  readonly at?: string
  /** The invalid part of the value. */
  readonly text?: string
}

/** Validates a non-empty string. */
export type Check = (text: string) => Fault | undefined

const maxTextLength = 4096
const maxItems = 32_768

function malformedFault(message: string): Fault {
  return { code: 'invalid_format', message }
}

/** Counts characters as code points, as users do. */
function tooLong(text: string, maxLength: number): Fault | undefined {
  return [...text].length > maxLength
    ? { code: 'too_long', message: `must be at most ${maxLength} characters long` }
    : undefined
}

/** A single line without control characters and bidirectional formatting characters. */
export function line(maxLength: number = maxTextLength): Check {
  return (text) =>
    tooLong(text, maxLength) ??
    (/^[^\p{Cc}\p{Cs}\u202A-\u202E\u2066-\u2069]*$/u.test(text)
      ? undefined
      : malformedFault('must be one line of plain text'))
}

/** Rejects only what databases cannot store, because a password may contain anything else. */
export const anyText: Check = (text) =>
  tooLong(text, maxTextLength) ??
  (isStorable(text) ? undefined : malformedFault('must not contain NUL or an unpaired surrogate'))

export const port: Check = (text) =>
  /^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65_535
    ? undefined
    : malformedFault('must be a port, 1 to 65535')

export const emailAddress: Check = (text) =>
  line(254)(text) ??
  (/^[^\s@<>(),;:"]+@[^\s@<>(),;:"]+$/u.test(text) ? undefined : malformedFault('must be a valid email address'))

/** A path on this server or an http(s) URL; no scheme that runs scripts. */
export const pageAddress: Check = (text) =>
  line()(text) ??
  (/^\/(?![/\\])/.test(text) || isAddress(text, 'http:', 'https:')
    ? undefined
    : malformedFault('must be a path of this server or an http(s) address'))

/** The word `default` or a CSS color. It is inserted into a style sheet, so it must not escape its declaration. */
export const color: Check = (text) =>
  tooLong(text, 100) ?? (/^[\w#().,%/ +-]+$/.test(text) ? undefined : malformedFault('must be a color of CSS'))

export const textList: Check = (text) =>
  tooLong(text, maxItems) ??
  (isListOf(text, (each) => typeof each === 'string') ? undefined : malformedFault('must be a JSON array of strings'))

export const claimList: Check = (text) => {
  const long = tooLong(text, maxItems)
  if (long) return long
  const claims = listOf(text)
  if (!claims?.every(isClaim)) return malformedFault('must be a JSON array of objects with the texts key and value')
  try {
    validateClaims(claims)
    return undefined
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error
    return malformedFault(`must hold claims that can be given: ${error.fields[0]?.message ?? error.message}`)
  }
}

/** Client URLs use https, so their patterns must as well; empty means no patterns. */
export const addressPatterns: Check = (text) =>
  tooLong(text, maxItems) ??
  (isListOf(text, (each) => typeof each === 'string' && (each === '*' || /^https:\/\/[^\s#]+$/.test(each)))
    ? undefined
    : malformedFault('must be a JSON array of https addresses, which may hold *, or be it'))

/** Certificates in PEM. */
export const certificates: Check = (text) => {
  const long = tooLong(text, 100_000)
  if (long) return long
  const found = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []
  try {
    if (found.length > 0 && found.every((each) => new X509Certificate(each).subject !== '')) return undefined
  } catch {
    // It is not a certificate.
  }
  return malformedFault('must be certificates in PEM')
}

function isClaim(value: unknown): value is CustomClaim {
  if (typeof value !== 'object' || value === null) return false
  return 'key' in value && typeof value.key === 'string' && 'value' in value && typeof value.value === 'string'
}

function isListOf(text: string, fits: (each: unknown) => boolean): boolean {
  return listOf(text)?.every((each) => fits(each)) ?? false
}

/** The elements of a JSON array of storable values; `undefined` for anything else. */
function listOf(text: string): readonly unknown[] | undefined {
  const value = parseJson(text)
  return Array.isArray(value) && isStorable(JSON.stringify(value)) ? value : undefined
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

function isAddress(text: string, ...schemes: readonly string[]): boolean {
  const url = URL.parse(text)
  return url !== null && schemes.includes(url.protocol)
}
