import type { JSONSchema } from 'json-schema-to-ts'

/**
 * A body as its schema writes it. Programs for this API were written against a server that finds a field whatever the case
 * of its name (`launchUrl` for `launchURL`, the last one counts), and to which `null` says nothing where it is no value, nor
 * an empty `id`.
 */
export function lenient(value: unknown, schema: JSONSchema | undefined): unknown {
  if (typeof schema !== 'object' || typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((item) => lenient(item, itemsOf(schema)))
  const { properties } = schema
  if (properties === undefined) return value
  const names = new Map(Object.keys(properties).map((name) => [name.toLowerCase(), name]))
  const fields = Object.entries(value).flatMap(([written, each]) => {
    const name = Object.hasOwn(properties, written) ? written : (names.get(written.toLowerCase()) ?? written)
    const meant = Object.hasOwn(properties, name) ? properties[name] : undefined
    return isBlank(name, each, meant) ? [] : [[name, lenient(each, meant)] as const]
  })
  return Object.fromEntries(fields)
}

function itemsOf({ items }: Exclude<JSONSchema, boolean>): JSONSchema | undefined {
  // A cast: `items` of a list of schemas is no schema, and nothing here is described by one.
  return Array.isArray(items) ? undefined : (items as JSONSchema | undefined)
}

function isBlank(name: string, value: unknown, meant: JSONSchema | undefined): boolean {
  if (value === null) return !isNullable(meant)
  return value === '' && name === 'id' && meant !== undefined
}

function isNullable(schema: JSONSchema | undefined): boolean {
  return typeof schema === 'object' && Array.isArray(schema.type) && schema.type.includes('null')
}
