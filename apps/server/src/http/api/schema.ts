import type { JSONSchema } from 'json-schema-to-ts'

type SchemaObject = Exclude<JSONSchema, boolean>

/**
 * A schema that the document of the API keeps once, under this name, and refers to wherever it stands. The name is the
 * schema's `title`; no two schemas may share it.
 */
export function named<const Schema extends SchemaObject>(
  name: string,
  schema: Schema,
): Schema & { readonly title: string } {
  return { ...schema, title: name }
}

/** Beside a `pattern`: what a text has to be, as a sentence goes on after the name of the field. */
export const sentence = 'x-sentence'

/** An instant as answers write it (RFC 3339, UTC). */
export const instant = { type: 'string', format: 'date-time' } as const

const pagination = named('Pagination', {
  type: 'object',
  required: ['totalPages', 'totalItems', 'currentPage', 'itemsPerPage'],
  properties: {
    totalPages: { type: 'integer', minimum: 1 },
    totalItems: { type: 'integer', minimum: 0 },
    currentPage: { type: 'integer', minimum: 1 },
    itemsPerPage: { type: 'integer', minimum: 1, maximum: 100 },
  },
})

/** The envelope that `pageAnswer` makes, around items of this schema. */
export function pageOf(item: JSONSchema): JSONSchema {
  return {
    type: 'object',
    required: ['data', 'pagination'],
    properties: { data: { type: 'array', items: item }, pagination },
  }
}
