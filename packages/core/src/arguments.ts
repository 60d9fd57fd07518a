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
export const abortSignal = argument('signal', 'must be an AbortSignal', (value) => value instanceof AbortSignal)
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

export function absoluteUrl(name: string): Argument {
  return argument(
    name,
    'must be a string such as https://id.example.com',
    (value) => typeof value === 'string' && URL.canParse(value),
  )
}

export function storableText(name: string): Argument {
  return argument(
    name,
    'must be a string without NUL and unpaired surrogates',
    (value) => typeof value === 'string' && !value.includes('\0') && value.isWellFormed(),
  )
}

export function number(name: string): Argument {
  return argument(name, 'must be a number', (value) => typeof value === 'number' && !Number.isNaN(value))
}

export function integer(
  name: string,
  message: string,
  { min, max = Number.MAX_SAFE_INTEGER }: { readonly min: number; readonly max?: number },
): Argument {
  return argument(name, message, (value) => Number.isInteger(value) && Number(value) >= min && Number(value) <= max)
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
  const entries = Object.entries(members)
  return (value) => {
    const input = check(value)
    let result = input
    for (const [key, member] of entries) {
      const checkedMember = member(input[key])
      // Copies only if a member was converted, since an LDAP import may contain 200,000 entries.
      if (checkedMember !== input[key]) result = { ...result, [key]: checkedMember }
    }
    return result
  }
}

/** The options of `owner`, which may contain no other names than these, so that a misspelled one is not ignored. */
export function optionsOf(owner: string, members: Readonly<Record<string, Argument>>, name = 'options'): Argument {
  const check = object(name, members)
  const names = Object.keys(members).join(', ')
  return (value) => {
    const input = check(value)
    for (const key of Object.keys(Object(input)))
      if (!Object.hasOwn(members, key)) throw invalidArgument(key, `is not an option of ${owner}; it has ${names}`)
    return input
  }
}

/** An object whose values all pass the check, whatever their keys. */
export function record(name: string, item: Argument): Argument {
  const check = argument(name, 'must be an object', isObject)
  return (value) => Object.fromEntries(Object.entries(check(value)).map(([key, member]) => [key, item(member)]))
}

export function boolean(name: string): Argument {
  return argument(name, 'must be a boolean', (value) => typeof value === 'boolean')
}

export function optional(check: Argument): Argument {
  return (value) => (value === undefined ? value : check(value))
}

export function nullable(check: Argument): Argument {
  return (value) => (value === null ? value : check(value))
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function invalidArgument(field: string, message: string): InvalidInputError {
  return new InvalidInputError('validation_failed', `${field} ${message}.`, {
    fields: [{ field, code: 'invalid_type', message }],
  })
}

export function oneOf(name: string, values: readonly string[]): Argument {
  const message = `must be one of ${values.slice(0, -1).join(', ')} or ${values.at(-1)}`
  return argument(name, message, (value) => typeof value === 'string' && values.includes(value))
}

/** The methods whose arguments a table checks; `createPocket` checks those of the others itself. */
type CheckedMethod<Service> = Exclude<
  {
    [Name in keyof Service]: Service[Name] extends (...args: never[]) => Promise<unknown> ? Name : never
  }[keyof Service],
  'session' | 'maintain' | 'fetch'
>

export function guarded<Service extends object>(
  service: Service,
  rows: Readonly<Record<CheckedMethod<Service>, readonly Argument[]>>,
): Service {
  const methods = Object.entries<readonly Argument[]>(rows).map(([name, row]) => [
    name,
    // The cast is safe: `CheckedMethod` names methods only.
    async (...args: unknown[]) =>
      Reflect.apply(service[name as keyof Service] as () => unknown, service, check(args, row)),
  ])
  return { ...service, ...Object.fromEntries(methods) }
}

export function checked<Args extends unknown[], Result>(
  method: (...args: Args) => Result,
  row: readonly Argument[],
): (...args: Args) => Result {
  // The cast is safe: each check returns a value of the type of its argument.
  return (...args) => method(...(check(args, row) as Args))
}

function check(args: readonly unknown[], row: readonly Argument[]): unknown[] {
  return [...row.map((argumentOf, index) => argumentOf(args[index])), ...args.slice(row.length)]
}
