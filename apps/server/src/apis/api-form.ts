import type { AccessTokenFormat, Api, ApiInput, ApiPermission } from '@pocket/core'
import type { Context } from 'koa'
import { formText } from '../http/form.ts'
import type { ApiFormValues, PermissionForm } from './page-model.ts'

export const newApi: ApiFormValues = {
  name: '',
  accessTokenFormat: 'jwt',
  accessTokenDurationMinutes: '',
  resourceServerClientIds: '',
  allowCimdClients: false,
}

export function storedValues(api: Api): ApiFormValues {
  return {
    name: api.name,
    accessTokenFormat: api.accessTokenFormat,
    accessTokenDurationMinutes: String(api.accessTokenDurationMinutes ?? ''),
    resourceServerClientIds: api.resourceServerClientIds.join('\n'),
    allowCimdClients: api.allowCimdClients,
  }
}

export function submittedValues(ctx: Context): ApiFormValues {
  return {
    name: formText(ctx, 'name').trim(),
    accessTokenFormat: formText(ctx, 'accessTokenFormat', 20),
    accessTokenDurationMinutes: formText(ctx, 'accessTokenDurationMinutes', 20).trim(),
    resourceServerClientIds: formText(ctx, 'resourceServerClientIds', 20_000).replaceAll('\r\n', '\n'),
    allowCimdClients: formText(ctx, 'allowCimdClients', 10) === 'true',
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

/** The submitted permission; its ID is `null` if it is new. */
export function submittedPermission(ctx: Context): PermissionForm {
  const id = formText(ctx, 'permission', 100)
  return {
    id: id === '' ? null : id,
    key: formText(ctx, 'key', 200).trim(),
    name: formText(ctx, 'permissionName', 300).trim(),
    description: formText(ctx, 'description', 1000).trim(),
    isOffered: formText(ctx, 'offered', 10) === 'true',
  }
}

export const newPermission: PermissionForm = { id: null, key: '', name: '', description: '', isOffered: false }

export function storedPermission(permission: ApiPermission): PermissionForm {
  const { id, key, name, description, allowedForCimdClients } = permission
  return { id, key, name, description, isOffered: allowedForCimdClients }
}
