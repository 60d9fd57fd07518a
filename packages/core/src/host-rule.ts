import { ConfigurationError, PocketError, UnavailableError } from './errors.ts'
import { toUnavailableError } from './outage.ts'
import { withTimeout } from './within-time.ts'

export interface HostCall<Result> {
  readonly option: string
  readonly run: () => Result | Promise<Result>
  readonly problemOf?: (result: Result) => string | undefined
  /** Milliseconds. */
  readonly hookTimeout: number
  readonly accountId?: string | undefined
  /** Whether the function rejects the operation by throwing a `PocketError`. */
  readonly canReject?: boolean
}

/**
 * Calls a function of the host.
 *
 * @throws {ConfigurationError} if the function throws, times out or returns an invalid result; the error names the option
 * @throws {UnavailableError} if the function throws that, or an error of a database that is unavailable
 */
export async function callHost<Result>(call: HostCall<Result>): Promise<Result> {
  const { option, run, problemOf, hookTimeout, accountId, canReject } = call
  const hostError = (code: string, description: string, cause?: unknown) => {
    const message = `The option ${option} ${description}`
    const details = { ...(accountId && { accountId }), option }
    return new ConfigurationError(message, { cause, details, fields: [{ field: option, code, message }] })
  }
  const result = await withTimeout(run, hookTimeout).catch((cause: unknown) => {
    if (canReject && cause instanceof PocketError) throw cause
    throw hostOutage(option, cause) ?? hostError('failed', 'threw an error or timed out.', cause)
  })
  const problem = problemOf?.(result)
  if (problem !== undefined) throw hostError('invalid', `returned an invalid result: ${problem}.`)
  return result
}

/** The outage behind an error of a host's function: its own `UnavailableError`, or one that names the option. */
export function hostOutage(option: string, cause: unknown): UnavailableError | undefined {
  if (cause instanceof UnavailableError) return cause
  if (!toUnavailableError(cause)) return undefined
  return new UnavailableError(`The option ${option} cannot be used at the moment.`, { cause, details: { option } })
}

export interface HostRule<Result> extends Omit<HostCall<Result | undefined>, 'problemOf' | 'canReject'> {
  /** Whether the result is one of the allowed values other than `undefined`. */
  readonly isValid: (result: Partial<Record<string, unknown>>) => boolean
}

/**
 * Runs a rule of the host; `undefined` means that the rule allows the action. Invalid results such as `false` or an
 * unknown key are rejected.
 *
 * @throws as `callHost`
 */
export async function runHostRule<Result extends object>({
  isValid,
  ...call
}: HostRule<Result>): Promise<Result | undefined> {
  const problemOf = (result: Result | null | undefined) =>
    result === undefined || result === null || (typeof result === 'object' && isValid({ ...result }))
      ? undefined
      : 'it is not one of the allowed values'
  return (await callHost({ ...call, problemOf })) ?? undefined
}
