import type { IncomingMessage, ServerResponse } from 'node:http'
import { InvalidInputError } from './errors.ts'

/** Returns the argument that the method receives. @throws {InvalidInputError} `validation_failed` */
export type Argument<Value = unknown> = (value: unknown) => Value

export const request = argument(
  'req',
  'must be a request of node:http, such as ctx.req of Koa and request.raw of Fastify',
  (value): value is IncomingMessage => isObject(value) && isObject(value.headers) && isObject(value.socket),
)
export const response = argument(
  'res',
  'must be the response of node:http, such as ctx.res of Koa and reply.raw of Fastify',
  (value): value is ServerResponse =>
    isObject(value) && typeof value.getHeader === 'function' && typeof value.setHeader === 'function',
)
export function argument<Value>(
  name: string,
  message: string,
  isValid: (value: unknown) => value is Value,
): Argument<Value>
export function argument(name: string, message: string, isValid: (value: unknown) => boolean): Argument
export function argument(name: string, message: string, isValid: (value: unknown) => boolean): Argument {
  return (value) => {
    if (!isValid(value)) throw invalidArgument(name, message)
    return value
  }
}

export function text(name: string): Argument {
  return argument(name, 'must be a string', (value) => typeof value === 'string')
}

export function number(name: string): Argument {
  return argument(name, 'must be a number', (value) => typeof value === 'number' && !Number.isNaN(value))
}

export function list(name: string, item: Argument = text(`each of ${name}`)): Argument {
  const check = argument(name, 'must be an array', (value): value is readonly unknown[] => Array.isArray(value))
  return (value) => check(value).map(item)
}

export function callable(name: string): Argument {
  return argument(name, 'must be a function', (value) => typeof value === 'function')
}

export function object(name: string, members: Readonly<Record<string, Argument>> = {}): Argument {
  const check = argument(name, 'must be an object', isObject)
  return (value) => {
    const input = check(value)
    const entries = Object.entries(members).map(([key, member]) => [key, member(input[key])])
    return entries.length === 0 ? input : { ...input, ...Object.fromEntries(entries) }
  }
}

export function optional(check: Argument): Argument {
  return (value) => (value === undefined ? value : check(value))
}

export function nullable(check: Argument): Argument {
  return (value) => (value === null ? value : check(value))
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}

export function invalidArgument(field: string, message: string): InvalidInputError {
  return new InvalidInputError('validation_failed', `${field} ${message}.`, {
    fields: [{ field, code: 'invalid_type', message }],
  })
}
