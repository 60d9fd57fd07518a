import type { JSONSchema } from 'json-schema-to-ts'

/**
 * Normalizes a body to its schema. Existing API clients were written for a server that matches field names case-insensitively
 * (`launchUrl` for `launchURL`, the last one wins) and ignores `null` for non-nullable fields and an empty `id`.
 */
export function normalizeBody(value: unknown, schema: JSONSchema | undefined): unknown {
  if (typeof schema !== 'object' || typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((item) => normalizeBody(item, itemsOf(schema)))
  const { properties } = schema
  if (properties === undefined) return value
  const names = new Map(Object.keys(properties).map((name) => [name.toLowerCase(), name]))
  const fields = Object.entries(value).flatMap(([key, item]) => {
    const name = Object.hasOwn(properties, key) ? key : (names.get(key.toLowerCase()) ?? key)
    const fieldSchema = Object.hasOwn(properties, name) ? properties[name] : undefined
    return isBlank(name, item, fieldSchema) ? [] : [[name, normalizeBody(item, fieldSchema)] as const]
  })
  return Object.fromEntries(fields)
}

function itemsOf({ items }: Exclude<JSONSchema, boolean>): JSONSchema | undefined {
  // The cast is safe: `items` with a list of schemas is not used here.
  return Array.isArray(items) ? undefined : (items as JSONSchema | undefined)
}

function isBlank(name: string, value: unknown, fieldSchema: JSONSchema | undefined): boolean {
  if (value === null) return !isNullable(fieldSchema)
  return value === '' && name === 'id' && fieldSchema !== undefined
}

function isNullable(schema: JSONSchema | undefined): boolean {
  return typeof schema === 'object' && Array.isArray(schema.type) && schema.type.includes('null')
}
