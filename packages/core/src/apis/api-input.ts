import { type FieldError, InvalidInputError } from '../errors.ts'
import { createShapeCheck } from '../input-shape.ts'
import { isObjectMember, nameProblem, normalizeName } from '../names.ts'
import { type AccessTokenFormat, type Api, accessTokenFormats } from './api.ts'

/** The API settings that an administrator edits. Omitted fields stay unchanged. */
export interface ApiInput {
  /** 1 to 50 characters. */
  readonly name: string
  /** Default for a new API: `jwt`. */
  readonly accessTokenFormat?: AccessTokenFormat | undefined
  /** Minutes, 1 to 525,600; see `Api`. Default for a new API: `null`. */
  readonly accessTokenDurationMinutes?: number | null | undefined
  /** Client IDs; unknown IDs are ignored. Default for a new API: none. */
  readonly resourceServerClientIds?: readonly string[] | undefined
}

/** The input for creating an API. */
export interface NewApiInput extends ApiInput {
  /**
   * An absolute URI of at most 350 characters without a fragment; a trailing slash is removed.
   */
  readonly resource: string
}

/** The input for an API permission. */
export interface PermissionInput {
  /** 1 to 128 characters of a scope token (RFC 6749 §3.3); claim scopes such as `profile` are not allowed. */
  readonly key: string
  /** 1 to 50 characters. */
  readonly name: string
  /** At most 200 characters. */
  readonly description?: string | undefined
}

const maxPermissions = 500
const maxMinutes = 525_600

const reservedKeys = new Set(['openid', 'profile', 'email', 'email_verified', 'groups', 'offline_access'])
const dangerousSchemes = new Set(['javascript:', 'data:', 'vbscript:', 'blob:', 'file:', 'about:'])

const text = { type: 'string' } as const
const inputFields = {
  name: text,
  accessTokenFormat: { enum: accessTokenFormats },
  accessTokenDurationMinutes: { type: 'number', nullable: true },
  resourceServerClientIds: { type: 'array', items: text },
} as const satisfies Readonly<Record<keyof Required<ApiInput>, object>>

/** The other fields of a stored API, which may be passed back. */
export const storedFields = {
  id: true,
  resource: true,
  permissions: true,
  allowCimdClients: true,
  createdAt: true,
  updatedAt: true,
} as const satisfies Readonly<Record<Exclude<keyof Api, keyof ApiInput>, true>>

export const shapeProblems = createShapeCheck('an API', ['name'], inputFields)
export const newShapeProblems = createShapeCheck('an API', ['name', 'resource'], { ...inputFields, resource: text })

const permissionFields = { key: text, name: text, description: text } as const satisfies Readonly<
  Record<keyof Required<PermissionInput>, object>
>
const permissionShapeProblems = createShapeCheck('a permission', ['key', 'name'], permissionFields)

/** A trailing slash does not distinguish two resources. */
export function normalizeResource(resource: string): string {
  return resource.replace(/\/+$/, '')
}

/** @throws {InvalidInputError} `validation_failed` if there is a problem */
export function assertNoErrors(fields: readonly FieldError[]): void {
  if (fields.length === 0) return
  const text = fields.map(({ field, message }) => `${field} ${message}`).join(', ')
  throw new InvalidInputError('validation_failed', text.charAt(0).toUpperCase() + text.slice(1), { fields })
}

export function nameProblems(name: string): FieldError[] {
  const problem = nameProblem(normalizeName(name), 50)
  return problem ? [{ field: 'name', ...problem }] : []
}

export function lifetimeProblems(minutes: number | null | undefined): FieldError[] {
  if (minutes === null || minutes === undefined) return []
  if (Number.isInteger(minutes) && minutes >= 1 && minutes <= maxMinutes) return []
  const message = `must be a whole number from 1 to ${maxMinutes}`
  return [{ field: 'accessTokenDurationMinutes', code: 'invalid', message }]
}

/** The reasons why an API cannot have this resource (RFC 8707 §2); none if it can. */
export function resourceProblems(resource: string | undefined, issuer: string): FieldError[] {
  const field = 'resource'
  if (typeof resource !== 'string' || resource === '') return [{ field, code: 'required', message: 'is required' }]
  if (resource.length > 350) return [{ field, code: 'too_long', message: 'must be at most 350 characters long' }]
  const url = URL.parse(resource)
  const invalid = !url || dangerousSchemes.has(url.protocol) || /[\s\p{Cc}\p{Cs}#]/u.test(resource)
  if (invalid || !/^[a-z][a-z0-9+.-]*:[^/]|^[a-z][a-z0-9+.-]*:\/\/[^/]/i.test(resource))
    return [{ field, code: 'invalid_format', message: 'must be an absolute URI without whitespace or a fragment' }]
  return normalizeResource(resource) === normalizeResource(issuer)
    ? [{ field, code: 'reserved', message: 'must not be the URL of this provider' }]
    : []
}

export function permissionProblems(permissions: readonly PermissionInput[]): FieldError[] {
  if (!Array.isArray(permissions)) return [{ field: 'permissions', code: 'invalid_type', message: 'must be an array' }]
  if (permissions.length > maxPermissions)
    return [{ field: 'permissions', code: 'too_long', message: `must be at most ${maxPermissions}` }]
  // Other members of stored permissions may be passed back.
  const mistyped = permissions.flatMap((permission, index) =>
    permissionShapeProblems(permission, Object(permission)).map((problem) => ({
      ...problem,
      field: `permissions[${index}].${problem.field}`,
    })),
  )
  if (mistyped.length > 0) return mistyped
  const seenKeys = new Set<string>()
  return permissions.flatMap(({ key, name, description = '' }, index) => {
    const path = `permissions[${index}]`
    const keyError = keyProblem(key, seenKeys)
    const nameError = nameProblem(normalizeName(name), 50)
    const descriptionError = description.trim() === '' ? undefined : nameProblem(normalizeName(description), 200)
    seenKeys.add(key)
    return [
      ...(keyError ? [{ field: `${path}.key`, ...keyError }] : []),
      ...(nameError ? [{ field: `${path}.name`, ...nameError }] : []),
      ...(descriptionError ? [{ field: `${path}.description`, ...descriptionError }] : []),
    ]
  })
}

function keyProblem(key: string, seenKeys: ReadonlySet<string>): Pick<FieldError, 'code' | 'message'> | undefined {
  if (!/^[\x21\x23-\x5b\x5d-\x7e]{1,128}$/.test(key))
    return { code: 'invalid_format', message: 'must be 1 to 128 characters of a scope, without spaces' }
  if (reservedKeys.has(key) || isObjectMember(key)) return { code: 'reserved', message: 'is reserved' }
  return seenKeys.has(key) ? { code: 'duplicate', message: 'is duplicated' } : undefined
}
