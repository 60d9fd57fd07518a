import type { UserAgentResponse } from '@pocket/core/testing'
import { Ajv2020 } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'

/** The parts of an OpenAPI 3.1 document that these tests read. */
export interface Document {
  readonly openapi: string
  readonly paths: Readonly<Record<string, Readonly<Record<string, DocumentedOperation>>>>
  readonly components: { readonly schemas: Readonly<Record<string, unknown>> }
}

export interface DocumentedOperation {
  readonly operationId: string
  readonly security: readonly Readonly<Record<string, readonly string[]>>[]
  readonly parameters?: readonly { readonly name: string; readonly in: string }[]
  readonly requestBody?: unknown
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, unknown>>; readonly $ref?: string }>
  >
}

/** All differences between a response and the document; empty if it conforms. */
export type FindDifferences = (call: string, response: UserAgentResponse) => readonly string[]

/** Instances of one version have the same document, except for their URL. */
const comparisons = new Map<string, FindDifferences>()

/** Compares responses with a document. A call is written as in the document, such as `GET /api/users/{id}`. */
export function cachedDifferences(document: Document): FindDifferences {
  const text = JSON.stringify({ paths: document.paths, components: document.components })
  const known = comparisons.get(text) ?? createDifferences(document)
  comparisons.set(text, known)
  return known
}

function createDifferences(document: Document): FindDifferences {
  const ajv = new Ajv2020({ strict: false, allErrors: true, inlineRefs: false })
  formats.default(ajv, ['uuid', 'date-time', 'uri', 'email'])
  ajv.addSchema(document, 'document')
  const validate = (pointer: string, value: unknown): readonly string[] => {
    // Ajv keeps the compiled schema of a reference, but compiles each new schema object that contains one.
    const validator = ajv.getSchema(`document#${pointer}`)
    if (validator === undefined) return [`the document has no ${pointer}`]
    return validator(value) ? [] : [ajv.errorsText(validator.errors)]
  }

  return (call, result) => {
    const [method = '', path = ''] = call.split(' ')
    const operation = document.paths[path]?.[method.toLowerCase()]
    if (!operation) return [`${call} is not documented`]
    const status = String(result.status)
    const key = status in operation.responses ? status : 'default'
    if (key === 'default' && result.status < 400) return [`${call} answers ${status}, which is not documented`]
    const { $ref, content } = operation.responses[key] ?? {}
    if ($ref === undefined && content === undefined) return result.text === '' ? [] : [`${call} answers with a body`]
    if (content !== undefined && !('application/json' in content)) {
      const type = result.headers.get('content-type')?.split(';')[0] ?? ''
      return type in content ? [] : [`${call} answers as ${type}`]
    }
    const response = $ref?.slice(1) ?? `/paths/${escapePointer(path)}/${method.toLowerCase()}/responses/${key}`
    return validate(`${response}/content/application~1json/schema`, result.json())
  }
}

/** A member name in a JSON pointer within a URI (RFC 6901 §6). */
function escapePointer(name: string): string {
  return encodeURIComponent(name.replaceAll('~', '~0').replaceAll('/', '~1'))
}
