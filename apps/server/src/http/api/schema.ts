import type { JSONSchema } from 'json-schema-to-ts'

type SchemaObject = Exclude<JSONSchema, boolean>
type Properties = Readonly<Record<string, JSONSchema>>

/**
 * A schema that the OpenAPI document defines once under this name and references elsewhere. The name is the schema's `title`; it
 * must be unique.
 */
export function named<const Schema extends SchemaObject>(
  name: string,
  schema: Schema,
): Schema & { readonly title: string } {
  return { ...schema, title: name }
}

/** The schema of an object in which every property is required. */
export function objectOf<const Members extends Properties>(properties: Members) {
  // The cast is safe: these are the names of the properties.
  const required = Object.keys(properties) as readonly (keyof Members & string)[]
  return { type: 'object', required, properties } as const
}

/** An `objectOf` that the OpenAPI document defines once, as `named` does. */
export function namedObject<const Members extends Properties>(name: string, properties: Members) {
  return { ...objectOf(properties), title: name }
}

/** The schema of an object in which only these properties are required. */
export function objectWith<const Required extends readonly string[], const Members extends Properties>(
  required: Required,
  properties: Members,
) {
  return { type: 'object', required, properties } as const
}

/** An `objectWith` that the OpenAPI document defines once, as `named` does. */
export function namedObjectWith<const Required extends readonly string[], const Members extends Properties>(
  name: string,
  required: Required,
  properties: Members,
) {
  return { ...objectWith(required, properties), title: name }
}

/** Describes a `pattern` in words that follow the field name in an error message. */
export const sentence = 'x-sentence'

/** The code of an invalid value in `details.fields`, if Pocket ID's API defines one. */
export const fieldCode = 'x-field-code'

/** An instant in a response (RFC 3339, UTC). */
export const instant = { type: 'string', format: 'date-time' } as const
export const nullableInstant = { ...instant, type: ['string', 'null'] } as const

export const text = { type: 'string' } as const
export const nullableText = { type: ['string', 'null'] } as const
export const flag = { type: 'boolean' } as const
export const count = { type: 'integer', minimum: 0 } as const

const pagination = namedObject('Pagination', {
  totalPages: { type: 'integer', minimum: 1 },
  totalItems: { type: 'integer', minimum: 0 },
  currentPage: { type: 'integer', minimum: 1 },
  itemsPerPage: { type: 'integer', minimum: 1, maximum: 100 },
})

/** The schema of the `pageAnswer` envelope for items of this schema. */
export function pageOf(item: JSONSchema): JSONSchema {
  return objectOf({ data: { type: 'array', items: item }, pagination })
}
