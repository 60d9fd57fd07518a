import type { ClientRegistrationPolicy } from '../clients/registration-policy.ts'
import type { FieldError } from '../errors.ts'
import { isJsonObject } from '../json-object.ts'
import type { PasskeyPolicy } from '../passkeys/policy.ts'

export type OptionKind =
  | 'a string'
  | 'a string or null'
  | 'a string or a Buffer'
  | 'an object'
  | 'an object or false'
  | 'a function'
  | 'a number'
  | 'an array of strings'
  | 'an array of objects'
  | 'a boolean'
  | 'an object or a function'
  | 'an array of strings or a function'
  | 'a string, null or a function'

/** The kind of a value, or its possible values. */
type Expected = OptionKind | readonly string[]

export const policyValues: Readonly<Record<keyof PasskeyPolicy, Expected>> = {
  userVerification: ['required', 'preferred'],
  attachment: ['any', 'platform', 'cross-platform'],
  allowSynced: 'a boolean',
  allowedModels: 'an array of strings',
  deniedModels: 'an array of strings',
  attestation: ['none', 'required'],
  counterRegression: ['audit', 'refuse'],
  nonCompliance: ['keep', 'warn', 'require'],
}

export const registrationValues: Readonly<Record<keyof ClientRegistrationPolicy, Expected>> = {
  mode: ['off', 'with-token', 'open'],
  restrictToGroups: 'a boolean',
  documentPatterns: 'an array of strings',
}

export function valueProblems(path: string, expected: Expected, value: unknown): readonly FieldError[] {
  if (typeof expected === 'string')
    return isOfKind(expected, value) ? [] : [optionError(path, 'invalid_type', `must be ${expected}`)]
  return expected.some((item) => item === value)
    ? []
    : [optionError(path, 'invalid_value', `must be one of ${expected.join(', ')}`)]
}

export function isOfKind(kind: OptionKind, value: unknown): boolean {
  switch (kind) {
    case 'a string or a Buffer':
      // A MasterKey too; other objects are rejected when the key is read.
      return typeof value === 'string' || (typeof value === 'object' && value !== null)
    case 'a string':
      return typeof value === 'string'
    case 'a string or null':
      return typeof value === 'string' || value === null
    case 'a number':
      return typeof value === 'number' && !Number.isNaN(value)
    case 'an array of strings':
      return Array.isArray(value) && value.every((item) => typeof item === 'string')
    case 'an array of objects':
      return Array.isArray(value) && value.every((item) => isOfKind('an object', item))
    case 'a function':
      return typeof value === 'function'
    case 'a boolean':
      return typeof value === 'boolean'
    case 'an object':
      return isJsonObject(value)
    case 'an object or false':
      return value === false || isOfKind('an object', value)
    case 'an object or a function':
      return isOfKind('an object', value) || isOfKind('a function', value)
    case 'an array of strings or a function':
      return isOfKind('an array of strings', value) || isOfKind('a function', value)
    case 'a string, null or a function':
      return isOfKind('a string or null', value) || isOfKind('a function', value)
  }
}

export function optionError(field: string, code: string, message: string): FieldError {
  return { field, code, message }
}
