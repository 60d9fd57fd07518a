import { InvalidInputError } from '@pocket/core/errors'

const second = 1000
const day = 86_400 * second
const maxLifetime = 31 * day

const units: ReadonlyMap<string, number> = new Map([
  ['ns', 1e-6],
  ['us', 1e-3],
  ['µs', 1e-3],
  ['μs', 1e-3],
  ['ms', 1],
  ['s', second],
  ['m', 60 * second],
  ['h', 3600 * second],
])
const unitPattern = /(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h)/g
const durationPattern = new RegExp(`^[+-]?(?:0|(?:${unitPattern.source})+)$`)

export const lifetimeSchema = {
  type: ['number', 'string'],
  maxLength: 100,
  description:
    'Seconds, or a duration such as 15m or 1h30m; more than one second and at most 31 days. 0 means the default.',
} as const

/**
 * The lifetime in milliseconds: from a number of seconds, or a duration in the notation of Go's `time.ParseDuration`. A missing
 * value or 0 means `defaultLifetime`.
 *
 * @throws {InvalidInputError} `invalid_request_body` for an invalid duration; `validation_failed`, field `ttl`, if it is not more than
 * a second, or more than 31 days
 */
export function lifetimeOf(ttl: number | string | undefined, defaultLifetime: number): number {
  const lifetime = typeof ttl === 'string' ? parseDuration(ttl) : (ttl ?? 0) * second
  if (lifetime === 0) return defaultLifetime
  if (lifetime > second && lifetime <= maxLifetime) return Math.round(lifetime)
  throw new InvalidInputError('validation_failed', 'Ttl is invalid.', {
    fields: [{ field: 'ttl', code: 'ttl', message: 'must be more than one second and at most 31 days' }],
  })
}

function parseDuration(text: string): number {
  if (!durationPattern.test(text))
    throw new InvalidInputError('invalid_request_body', 'Request body is invalid: ttl is not a duration')
  const parts = [...text.matchAll(unitPattern)].map(
    ([, amount = '', unit = '']) => Number(amount) * (units.get(unit) ?? 0),
  )
  const total = parts.reduce((left, right) => left + right, 0)
  return text.startsWith('-') ? -total : total
}
