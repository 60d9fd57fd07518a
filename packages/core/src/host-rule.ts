import { ConfigurationError } from './errors.ts'
import { withTimeout } from './within-time.ts'

export interface HostRule<Answer> {
  /** The path of the option that contains the rule. */
  readonly option: string
  readonly ask: () => Answer | undefined | Promise<Answer | undefined>
  /** Whether the answer is one of the allowed values other than `undefined`. */
  readonly fits: (answer: Partial<Record<string, unknown>>) => boolean
  /** Milliseconds. */
  readonly hookTimeout: number
  readonly accountId?: string | undefined
}

/**
 * Runs a rule of the host; `undefined` means that the rule allows the action. Invalid answers such as `false` or an
 * unknown word are rejected.
 *
 * @throws {ConfigurationError} if the rule throws, times out or returns an invalid answer; the error names the option
 */
export async function runHostRule<Answer extends object>(rule: HostRule<Answer>): Promise<Answer | undefined> {
  const { option, ask, fits, hookTimeout, accountId } = rule
  const ruleError = (code: string, description: string, cause?: unknown) => {
    const message = `The option ${option} ${description}`
    const details = { ...(accountId && { accountId }), option }
    return new ConfigurationError(message, { cause, details, fields: [{ field: option, code, message }] })
  }
  const answer = await withTimeout(ask, hookTimeout).catch((cause: unknown) => {
    throw ruleError('failed', 'threw an error or timed out.', cause)
  })
  if (answer === undefined || answer === null) return undefined
  if (typeof answer !== 'object' || !fits({ ...answer })) throw ruleError('invalid', 'returned an invalid result.')
  return answer
}
