import { defaultValues, type PocketIdKey, textsOf } from '../../src/settings/definitions.ts'
import type { Answer } from './calls.ts'

export const path = '/api/application-configuration'
export const write = `PUT ${path}`
export const readAll = `GET ${path}/all`
export const placeholder = 'XXXXXXXXXX'
export const claimsJson = (...pairs: readonly (readonly [string, string])[]) =>
  JSON.stringify(pairs.map(([key, value]) => ({ key, value })))

/** The default of each setting of Pocket ID, as text. */
export const defaultTexts = textsOf(defaultValues)

/** All settings of Pocket ID, with defaults for those that are not given. */
export function completeSettings(
  changes: Readonly<Partial<Record<PocketIdKey, unknown>>> = {},
): Readonly<Record<string, unknown>> {
  return { ...defaultTexts, ...changes }
}

export function valuesIn(result: Pick<Answer, 'response'>): Readonly<Record<string, string>> {
  const list = result.response.json() as readonly { readonly key: string; readonly value: string }[]
  return Object.fromEntries(list.map(({ key, value }) => [key, value]))
}

export function fieldErrors({ json }: Answer): readonly unknown[] {
  const { fields = [] } = (json.details ?? {}) as { fields?: readonly { field: string; code: string }[] }
  return fields.map(({ field, code }) => `${field} ${code}`)
}
