import { ConfigurationError } from './errors.ts'
import { withTimeout } from './within-time.ts'

export interface HostRule<Result> {
  /** The path of the option that contains the rule. */
  readonly option: string
  readonly run: () => Result | undefined | Promise<Result | undefined>
  /** Whether the result is one of the allowed values other than `undefined`. */
  readonly isValid: (result: Partial<Record<string, unknown>>) => boolean
  /** Milliseconds. */
  readonly hookTimeout: number
  readonly accountId?: string | undefined
}

/**
 * Runs a rule of the host; `undefined` means that the rule allows the action. Invalid results such as `false` or an
 * unknown key are rejected.
 *
 * @throws {ConfigurationError} if the rule throws, times out or returns an invalid result; the error names the option
 */
export async function runHostRule<Result extends object>(rule: HostRule<Result>): Promise<Result | undefined> {
  const { option, run, isValid, hookTimeout, accountId } = rule
  const ruleError = (code: string, description: string, cause?: unknown) => {
    const message = `The option ${option} ${description}`
    const details = { ...(accountId && { accountId }), option }
    return new ConfigurationError(message, { cause, details, fields: [{ field: option, code, message }] })
  }
  const result = await withTimeout(run, hookTimeout).catch((cause: unknown) => {
    throw ruleError('failed', 'threw an error or timed out.', cause)
  })
  if (result === undefined || result === null) return undefined
  if (typeof result !== 'object' || !isValid({ ...result })) throw ruleError('invalid', 'returned an invalid result.')
  return result
}
