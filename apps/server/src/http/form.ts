import { InvalidInputError } from '@pocket/core/errors'
import { isJsonObject } from '@pocket/core/internal'
import type { Context } from 'koa'

/**
 * One field of a posted form, or an empty string if it is missing.
 *
 * @throws {InvalidInputError} `validation_failed` if it was sent more than once or is too long
 */
export function formText(ctx: Context, name: string, maxLength = 10_000): string {
  const values = valuesOf(ctx, name)
  const value = values.length > 1 ? values : (values[0] ?? '')
  if (typeof value === 'string' && value.length <= maxLength) return value
  const [code, message] =
    typeof value === 'string'
      ? ['too_long', `must be at most ${maxLength} characters long`]
      : ['invalid', 'must be a single value']
  throw new InvalidInputError('validation_failed', `The field ${name} is not valid.`, {
    fields: [{ field: name, code, message }],
  })
}

/**
 * All values of a field that a form may send repeatedly.
 *
 * @throws {InvalidInputError} `validation_failed` for more than a thousand values, or if one is too long
 */
export function formTexts(ctx: Context, name: string, maxLength = 255): readonly string[] {
  const values = valuesOf(ctx, name)
  const texts = values.filter((value) => typeof value === 'string')
  if (texts.length === values.length && texts.length <= 1000 && texts.every((value) => value.length <= maxLength))
    return texts
  throw new InvalidInputError('validation_failed', `The field ${name} is not valid.`, {
    fields: [{ field: name, code: 'invalid', message: 'must be a list of short texts' }],
  })
}

const maxCarriedFields = 1200

export interface FormField {
  readonly name: string
  readonly value: string
}

/** All text fields of a posted form, for a page that posts them again. */
export function formFields(ctx: Context): readonly FormField[] {
  const entries = [...(urlEncodedForm(ctx) ?? entriesOf(ctx.request.body))]
  return entries
    .map(([name, value]) => ({ name, value }))
    .filter((field): field is FormField => typeof field.value === 'string')
    .slice(0, maxCarriedFields)
}

function entriesOf(body: unknown): readonly (readonly [string, unknown])[] {
  return Object.entries(Object(body)).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).map((item) => [name, item] as const),
  )
}

/** The body of a JSON request, which must be an object. @throws {InvalidInputError} `invalid_request_body` */
export function jsonObject(ctx: Context): Readonly<Record<string, unknown>> {
  const body: unknown = ctx.request.body
  if (!ctx.is('json', '+json') || !isJsonObject(body))
    throw new InvalidInputError('invalid_request_body', 'The body must be a JSON object, sent as application/json.')
  return { ...body }
}

const parsedForms = new WeakMap<Context, URLSearchParams>()

/** The parsed body of koa drops a field that is repeated more than twenty times. */
function urlEncodedForm(ctx: Context): URLSearchParams | undefined {
  const { rawBody } = ctx.request
  if (!ctx.is('application/x-www-form-urlencoded') || typeof rawBody !== 'string') return undefined
  const form = parsedForms.get(ctx) ?? new URLSearchParams(rawBody)
  parsedForms.set(ctx, form)
  return form
}

function valuesOf(ctx: Context, name: string): readonly unknown[] {
  const form = urlEncodedForm(ctx)
  if (form) return form.getAll(name)
  const { body } = ctx.request
  if (typeof body !== 'object' || body === null || !Object.hasOwn(body, name)) return []
  const value: unknown = Reflect.get(body, name)
  return Array.isArray(value) ? value : [value]
}
