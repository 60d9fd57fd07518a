import type { ErrorObject } from 'ajv'
import type { FieldError } from './errors.ts'
import { validator } from './validator.ts'

/**
 * Missing, unknown and mistyped fields, for hosts without type checking.
 *
 * @param stored - the stored object; its other fields may be passed back, and are ignored
 */
export type FindShapeProblems = (input: unknown, stored?: object) => FieldError[]

interface FieldSchema {
  readonly type?: string
  readonly enum?: readonly string[]
  readonly nullable?: boolean
  readonly items?: object
  readonly properties?: object
  readonly additionalProperties?: boolean
}

/** @param noun - what the input describes, with its article */
export function createShapeCheck(
  noun: string,
  required: readonly string[],
  properties: Readonly<Record<string, FieldSchema>>,
): FindShapeProblems {
  const shapeValidator = validator(
    { type: 'object', required, additionalProperties: false, properties },
    // Invalid numbers are reported later, with their limits.
    { allErrors: true, strictNumbers: false },
  )
  const fields = Object.entries(properties).flatMap(([name, { properties: members = {} }]) => [
    name,
    ...pathsOf(name, members),
  ])

  const toFieldError = ({ keyword, params, instancePath, message }: ErrorObject): FieldError => {
    const path = instancePath.slice(1).replaceAll(/\/(\d+)/g, '[$1]')
    switch (keyword) {
      case 'required':
        return { field: String(params.missingProperty), code: 'required', message: 'is required' }
      case 'additionalProperties': {
        const field = `${path && `${path}.`}${params.additionalProperty}`
        const similar = fields.find((known) => isOneCharacterApart(known.toLowerCase(), field.toLowerCase()))
        const suggestion = similar === undefined ? '' : `; use ${similar}`
        return { field, code: 'unknown', message: `is not a field of ${noun}${suggestion}` }
      }
      default:
        return { field: path || 'input', code: 'invalid_type', message: message ?? 'is invalid' }
    }
  }

  return (input, stored = {}) => {
    const hasShape = shapeValidator()
    if (hasShape(input)) return []
    const known = new Set(Object.entries(stored).flatMap(([name, value]) => [name, ...pathsOf(name, Object(value))]))
    const errors = (hasShape.errors ?? []).map(toFieldError)
    return errors.filter(({ field, code }) => code !== 'unknown' || !known.has(field)).slice(0, 20)
  }
}

function pathsOf(name: string, members: object): string[] {
  return Object.keys(members).map((member) => `${name}.${member}`)
}

export function isOneCharacterApart(left: string, right: string): boolean {
  const [longer, shorter] = left.length >= right.length ? [left, right] : [right, left]
  if (longer.length - shorter.length > 1) return false
  let start = 0
  while (start < shorter.length && longer[start] === shorter[start]) start += 1
  return longer.slice(start + 1) === shorter.slice(longer.length === shorter.length ? start + 1 : start)
}
