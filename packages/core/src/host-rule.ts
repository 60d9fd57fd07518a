import { Misconfigured } from './errors.ts'
import { withTimeout } from './within-time.ts'

export interface HostRule<Answer> {
  /** The option that the rule is of, by its path. */
  readonly option: string
  readonly ask: () => Answer | undefined | Promise<Answer | undefined>
  /** Whether this is one of the answers that there are, beside none. */
  readonly fits: (answer: Partial<Record<string, unknown>>) => boolean
  /** Milliseconds. */
  readonly hookTimeout: number
  readonly accountId?: string | undefined
}

/**
 * What a rule of the host's says; `undefined` where it has nothing against it. `false`, or a word that there is not, is not
 * taken for that.
 *
 * @throws {Misconfigured} where it throws, is late, or answers something else, with the option
 */
export async function runHostRule<Answer extends object>(rule: HostRule<Answer>): Promise<Answer | undefined> {
  const { option, ask, fits, hookTimeout, accountId } = rule
  const broken = (code: string, said: string, cause?: unknown) => {
    const message = `The option ${option} ${said}`
    const details = { ...(accountId && { accountId }), option }
    return new Misconfigured(message, { cause, details, fields: [{ field: option, code, message }] })
  }
  const answer = await withTimeout(ask, hookTimeout).catch((cause: unknown) => {
    throw broken('failed', 'threw, or did not answer in time.', cause)
  })
  if (answer === undefined || answer === null) return undefined
  if (typeof answer !== 'object' || !fits({ ...answer }))
    throw broken('invalid', 'answered with something that is no answer to it.')
  return answer
}
