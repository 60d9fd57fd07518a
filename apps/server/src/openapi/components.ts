/** A part of the document: plain JSON. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json }

/** Members that contain data, not schemas. */
const dataMembers = new Set(['const', 'default', 'enum', 'examples'])

/** The named schemas of a document, each stored once. */
export function createComponents() {
  const schemas = new Map<string, Json>()

  const refer = (value: unknown): Json => {
    if (Array.isArray(value)) return value.map(refer)
    if (typeof value !== 'object' || value === null) return toJson(value)
    const inner = Object.fromEntries(
      Object.entries(value).map(([name, member]) => [name, dataMembers.has(name) ? toJson(member) : refer(member)]),
    )
    // Below `properties`, a field named `title` is a schema, not text.
    if (typeof inner.title !== 'string') return inner
    return register(inner.title, inner)
  }

  const register = (name: string, schema: Json): Json => {
    const existing = schemas.get(name)
    if (existing !== undefined && JSON.stringify(existing) !== JSON.stringify(schema))
      throw new Error(`Two schemas of the API are named ${name}.`)
    schemas.set(name, schema)
    return { $ref: `#/components/schemas/${name}` }
  }

  return {
    /** Replaces every named schema, including the given one, by a reference. @throws {Error} if two schemas share a name */
    refer,
    /** By name, in alphabetical order. */
    all: (): Readonly<Record<string, Json>> => Object.fromEntries([...schemas].sort(([a], [b]) => (a < b ? -1 : 1))),
  }
}

export type Components = ReturnType<typeof createComponents>

/** The value as JSON, without members that JSON omits. */
function toJson(value: unknown): Json {
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return value
  const text: string | undefined = JSON.stringify(value)
  return text === undefined ? null : JSON.parse(text)
}
