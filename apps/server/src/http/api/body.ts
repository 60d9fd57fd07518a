import { type FieldError, InvalidInputError } from '@pocket/core/errors'
import { Ajv, type ErrorObject, type SchemaObject, type ValidateFunction } from 'ajv'
import formats from 'ajv-formats'
import type { JSONSchema } from 'json-schema-to-ts'
import type { Context } from 'koa'
import { once } from '../once.ts'
import { normalizeBody } from './normalize-body.ts'
import { fieldCode, sentence } from './schema.ts'
import { unstorableText } from './text.ts'

const ajv = once(() => createAjv({ useDefaults: true }))

/** A validator that knows the keywords of the schemas of this server. */
export function createAjv(options: { readonly useDefaults: boolean }): Ajv {
  const instance = new Ajv({ allErrors: true, strictTypes: false, verbose: true, ...options })
  for (const keyword of [sentence, fieldCode]) instance.addKeyword(keyword)
  formats.default(instance, ['uuid', 'date-time', 'uri', 'email'])
  return instance
}

/**
 * Reads a request body: JSON that matches the schema, or an empty body if no member is required. Fields that the schema does not
 * name are ignored.
 *
 * @throws {InvalidInputError} `invalid_request_body` for malformed JSON or a wrong type, otherwise `validation_failed` with fields
 */
export function bodyReader<Body>(schema: JSONSchema | undefined, anyContentType = false): (ctx: Context) => Body {
  // Without a schema there is no body to read or access.
  if (schema === undefined || typeof schema === 'boolean') return () => undefined as Body
  // Compiled on first use: compiling every schema would slow the start considerably.
  let compiled: ValidateFunction<Body> | undefined
  return (ctx) => {
    // Ajv compiles each schema object once for all servers of a process. The cast is safe: members may also be undefined.
    compiled ??= ajv().compile<Body>(schema as SchemaObject)
    const validate = compiled
    const isOptional = anyContentType || (schema.required === undefined && isEmpty(ctx))
    const value = normalizeBody(isOptional ? (ctx.request.body ?? {}) : jsonOf(ctx), schema)
    assertStorable(value)
    if (validate(value)) return value
    throw validationError(validate.errors ?? [])
  }
}

function isEmpty(ctx: Context): boolean {
  return (
    ctx.method === 'POST' &&
    ctx.get('content-type') === '' &&
    ctx.get('transfer-encoding') === '' &&
    (ctx.request.length ?? 0) === 0
  )
}

function jsonOf(ctx: Context): unknown {
  if (ctx.is('json', '+json')) return ctx.request.body
  throw new InvalidInputError('invalid_request_body', 'The body must be sent as application/json.')
}

function assertStorable(value: unknown): void {
  const path = unstorableText(value)?.slice(0, 100)
  if (path === undefined) return
  const field = { field: path, code: 'invalid_format', message: 'must not contain NUL or an unpaired surrogate' }
  throw new InvalidInputError('validation_failed', `${path} ${field.message}`, { fields: [field] })
}

function validationError(errors: readonly ErrorObject[]): InvalidInputError {
  const typeError = errors.find(({ keyword, params }) => keyword === 'type' || params.format === 'date-time')
  if (typeError)
    return new InvalidInputError(
      'invalid_request_body',
      `Request body is invalid: ${pathOf(typeError)} ${typeError.keyword === 'type' ? typeError.message : sentenceOf(typeError)}`.replace(
        '  ',
        ' ',
      ),
    )
  const fields = new Map<string, FieldError>()
  for (const error of errors) {
    const field = fieldError(error)
    if (!fields.has(field.field)) fields.set(field.field, field)
  }
  const text = [...fields.values()].map(({ field, message }) => `${field} ${message}`).join(', ')
  return new InvalidInputError('validation_failed', text.charAt(0).toUpperCase() + text.slice(1), {
    fields: [...fields.values()],
  })
}

/** `/redirectUris/0` becomes `redirectUris[0]`. */
function pathOf({ instancePath, keyword, params }: ErrorObject): string {
  const path = keyword === 'required' ? `${instancePath}/${params.missingProperty}` : instancePath
  return path
    .replaceAll(/\/(\d+)(?=\/|$)/g, '[$1]')
    .replaceAll('/', '.')
    .replace(/^\./, '')
}

function fieldError(error: ErrorObject): FieldError {
  const { code, ...problem } = generalFieldError(error)
  const restCode: unknown = error.parentSchema?.[fieldCode]
  return { ...problem, code: isText(restCode) ? restCode : code }
}

export function generalFieldError(error: ErrorObject): FieldError {
  const field = pathOf(error)
  const { limit } = error.params
  switch (error.keyword) {
    case 'required':
      return { field, code: 'required', message: 'is required' }
    case 'minLength':
      // An empty string counts as missing, regardless of the minimum length.
      return error.data === ''
        ? { field, code: 'required', message: 'is required' }
        : { field, code: 'too_short', message: `must be at least ${limit} characters long` }
    case 'maxLength':
      return { field, code: 'too_long', message: `must be at most ${limit} characters long` }
    case 'minimum':
      return { field, code: 'too_short', message: `must be at least ${limit}` }
    case 'minItems':
      return { field, code: 'too_short', message: `must contain at least ${limit}` }
    case 'maximum':
      return { field, code: 'too_long', message: `must be at most ${limit}` }
    case 'maxItems':
      return { field, code: 'too_long', message: `must contain at most ${limit}` }
    case 'enum':
      return { field, code: 'oneof', message: `must be one of ${error.params.allowedValues.filter(isText).join(', ')}` }
    case 'uniqueItems':
      return { field, code: 'invalid_format', message: 'must not contain duplicates' }
    default:
      return { field, code: 'invalid_format', message: sentenceOf(error) }
  }
}

const formatSentences: ReadonlyMap<unknown, string> = new Map([
  ['uuid', 'must be a UUID'],
  ['date-time', 'must be an instant (RFC 3339)'],
  ['uri', 'must be a valid URL'],
  ['email', 'must be a valid email address'],
])

/** For users: regular expressions are not shown. */
function sentenceOf({ parentSchema, params }: ErrorObject): string {
  const customSentence: unknown = parentSchema?.[sentence]
  return isText(customSentence) ? customSentence : (formatSentences.get(params.format) ?? 'is invalid')
}

function isText(value: unknown): value is string {
  return typeof value === 'string'
}
