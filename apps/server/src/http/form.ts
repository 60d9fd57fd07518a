import { InvalidInput } from '@pocket/core/errors'
import type { Context } from 'koa'

/**
 * One field of a posted form, or the empty text where it is missing.
 *
 * @throws {InvalidInput} `validation_failed` where it was sent more than once or is too long
 */
export function formText(ctx: Context, name: string, longest = 10_000): string {
  const body: unknown = ctx.request.body
  const value: unknown =
    typeof body === 'object' && body !== null && Object.hasOwn(body, name) ? Reflect.get(body, name) : ''
  if (typeof value === 'string' && value.length <= longest) return value
  const [code, message] =
    typeof value === 'string'
      ? ['too_long', `must be at most ${longest} characters long`]
      : ['invalid', 'must be one text']
  throw new InvalidInput('validation_failed', `The field ${name} is not valid.`, {
    fields: [{ field: name, code, message }],
  })
}

/**
 * A field of a posted form that may be sent any number of times.
 *
 * @throws {InvalidInput} `validation_failed` beyond a thousand values, or where one is too long
 */
export function formTexts(ctx: Context, name: string, longest = 255): readonly string[] {
  const body: unknown = ctx.request.body
  const value: unknown =
    typeof body === 'object' && body !== null && Object.hasOwn(body, name) ? Reflect.get(body, name) : []
  const values: readonly unknown[] = Array.isArray(value) ? value : [value]
  const texts = values.filter((each) => typeof each === 'string')
  if (texts.length === values.length && texts.length <= 1000 && texts.every((each) => each.length <= longest))
    return texts
  throw new InvalidInput('validation_failed', `The field ${name} is not valid.`, {
    fields: [{ field: name, code: 'invalid', message: 'must be a list of short texts' }],
  })
}

/** The body of a JSON request, an object. @throws {InvalidInput} `invalid_request_body` */
export function jsonObject(ctx: Context): Readonly<Record<string, unknown>> {
  const body: unknown = ctx.request.body
  if (!ctx.is('json', '+json') || typeof body !== 'object' || body === null || Array.isArray(body))
    throw new InvalidInput('invalid_request_body', 'The body must be a JSON object, sent as application/json.')
  return { ...body }
}
