import type { AccessTokenFormat, Api, ApiInput } from '@pocket/core'
import type { Context } from 'koa'
import { formText, formTexts } from '../http/form.ts'
import type { ApiFormValues, PermissionRow } from './page-model.ts'

export const newApi: ApiFormValues = {
  name: '',
  accessTokenFormat: 'jwt',
  accessTokenDurationMinutes: '',
  resourceServerClientIds: '',
}

export function storedValues(api: Api): ApiFormValues {
  return {
    name: api.name,
    accessTokenFormat: api.accessTokenFormat,
    accessTokenDurationMinutes: String(api.accessTokenDurationMinutes ?? ''),
    resourceServerClientIds: api.resourceServerClientIds.join('\n'),
  }
}

export function submittedValues(ctx: Context): ApiFormValues {
  return {
    name: formText(ctx, 'name').trim(),
    accessTokenFormat: formText(ctx, 'accessTokenFormat', 20),
    accessTokenDurationMinutes: formText(ctx, 'accessTokenDurationMinutes', 20).trim(),
    resourceServerClientIds: formText(ctx, 'resourceServerClientIds', 20_000).replaceAll('\r\n', '\n'),
  }
}

export function apiInput(values: ApiFormValues): ApiInput {
  const { name, accessTokenFormat, accessTokenDurationMinutes: minutes, resourceServerClientIds } = values
  const format: AccessTokenFormat = accessTokenFormat === 'opaque' ? 'opaque' : 'jwt'
  return {
    name,
    accessTokenFormat: format,
    // Core rejects a value that is not a number.
    accessTokenDurationMinutes: minutes === '' ? null : /^\d{1,9}$/.test(minutes) ? Number(minutes) : Number.NaN,
    resourceServerClientIds: resourceServerClientIds.split(/\s+/).filter((id) => id !== ''),
  }
}

export function storedPermissions({ permissions }: Api): readonly PermissionRow[] {
  return permissions.map(({ key, name, description }) => [key, name, description])
}

/** Rows that are not empty. */
export function submittedPermissions(ctx: Context): readonly PermissionRow[] {
  const [keys, names, descriptions] = [
    formTexts(ctx, 'key'),
    formTexts(ctx, 'permissionName'),
    formTexts(ctx, 'description'),
  ]
  return keys
    .map((key, index): PermissionRow => [key.trim(), (names[index] ?? '').trim(), (descriptions[index] ?? '').trim()])
    .filter((row) => row.some((cell) => cell !== ''))
}
