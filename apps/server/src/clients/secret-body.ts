import type { SecretInput } from '@pocket/core'
import { InvalidInputError } from '@pocket/core/errors'
import type { FromSchema } from 'json-schema-to-ts'
import type { Context } from 'koa'
import { bodyReader } from '../http/api/body.ts'
import { fieldCode, instant, objectWith, sentence } from '../http/api/schema.ts'

const schema = {
  type: 'object',
  properties: {
    secret: { type: 'string', pattern: '^[ -~]*$', [sentence]: 'must be printable ASCII', [fieldCode]: 'printascii' },
    expiresAt: instant,
    serviceToken: objectWith(['name'], {
      name: { type: 'string' },
      paths: { type: 'array', items: { type: 'string', maxLength: 1000 }, maxItems: 50 },
      methods: { type: 'array', items: { type: 'string', maxLength: 32 }, maxItems: 20 },
    }),
  },
} as const

const read = bodyReader<FromSchema<typeof schema>>(schema)

/** The optional body of a request that creates a secret. @throws {InvalidInputError} if the body is invalid */
export function secretInput(ctx: Context): SecretInput {
  const { secret, expiresAt, serviceToken } = isEmpty(ctx) ? {} : read(ctx)
  return {
    ...(secret && { secret }),
    ...(serviceToken && {
      serviceToken: { name: serviceToken.name, paths: serviceToken.paths ?? [], methods: serviceToken.methods ?? [] },
    }),
    ...(expiresAt !== undefined && { expiresAt: instantOf(expiresAt) }),
  }
}

function isEmpty(ctx: Context): boolean {
  return ctx.get('Transfer-Encoding') === '' && (ctx.request.length ?? 0) === 0
}

/** RFC 3339 allows values, such as leap seconds, that `Date` cannot represent. */
function instantOf(text: string): number {
  const milliseconds = Date.parse(text)
  if (!Number.isNaN(milliseconds)) return milliseconds
  throw new InvalidInputError('validation_failed', 'expiresAt must be an instant', {
    fields: [{ field: 'expiresAt', code: 'invalid_format', message: 'must be an instant' }],
  })
}
