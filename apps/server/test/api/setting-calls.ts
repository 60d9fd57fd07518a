import { expect } from '@jest/globals'
import { defaultValues, type PocketIdKey, textsOf } from '../../src/settings/definitions.ts'
import type { Answer, CalledInstance } from './calls.ts'

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

/** Changes settings of Pocket ID, and keeps the stored values of all others. */
export async function changeSettings(
  instance: CalledInstance,
  changes: Readonly<Partial<Record<PocketIdKey, string>>>,
): Promise<void> {
  const body = { ...valuesIn(await instance.call(readAll)), ...changes }
  expect((await instance.call(write, { body })).status).toBe(200)
}

export function fieldErrors({ json }: Answer): readonly unknown[] {
  const { fields = [] } = (json.details ?? {}) as { fields?: readonly { field: string; code: string }[] }
  return fields.map(({ field, code }) => `${field} ${code}`)
}
