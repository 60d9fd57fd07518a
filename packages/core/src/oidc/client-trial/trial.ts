/** What a trial looks at, in this order. */
export const trialSteps = [
  'discovery',
  'address',
  'request',
  'person',
  'authentication',
  'idToken',
  'userInfo',
] as const
/** The steps of a trial, in their order. */
export type TrialStepName = (typeof trialSteps)[number]

/** One step of a trial. */
export interface TrialStep {
  readonly name: TrialStepName
  /** `skipped`: it could not be tried from here, or one before it has failed. */
  readonly outcome: 'passed' | 'failed' | 'skipped'
  /** Why it was not passed: a word of ours, or what was answered. */
  readonly reason: TrialReason | null
  /** What was answered, for whoever can read it. */
  readonly detail: string | null
}

/** Why a step of a trial has failed. */
export type TrialReason =
  | 'unreachable'
  | 'other_issuer'
  | 'no_address'
  | 'refused'
  | 'not_allowed'
  | 'own_key'
  | 'no_room'
  | 'encrypted'
  | 'not_genuine'
  | 'earlier'

/** Why a step was not passed. */
export class TrialStop extends Error {
  readonly reason: TrialReason
  readonly outcome: 'failed' | 'skipped'

  constructor(reason: TrialReason, detail = '', outcome: 'failed' | 'skipped' = 'failed') {
    super(detail)
    this.reason = reason
    this.outcome = outcome
  }
}

/** Takes steps up to the first that is not passed. */
export class TrialRecord {
  readonly #steps: TrialStep[] = []

  async step<T>(
    name: TrialStepName,
    take: () => Promise<T> | T,
    detail: (found: T) => string | null = () => null,
  ): Promise<T> {
    try {
      const found = await take()
      this.#steps.push({ name, outcome: 'passed', reason: null, detail: detail(found) })
      return found
    } catch (error) {
      if (error instanceof TrialStop)
        this.#steps.push({ name, outcome: error.outcome, reason: error.reason, detail: error.message || null })
      throw error
    }
  }

  /** All steps; those that were not reached are skipped. */
  get steps(): readonly TrialStep[] {
    const taken = new Set(this.#steps.map(({ name }) => name))
    const rest = trialSteps.filter((name) => !taken.has(name))
    return [
      ...this.#steps,
      ...rest.map((name) => ({ name, outcome: 'skipped', reason: 'earlier', detail: null }) as const),
    ]
  }
}
