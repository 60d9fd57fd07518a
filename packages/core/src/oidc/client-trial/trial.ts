const trialSteps = ['discovery', 'address', 'request', 'person', 'authentication', 'idToken', 'userInfo'] as const
/** A step of a client test. */
export type ClientTestStepName = (typeof trialSteps)[number]

/** The result of one step. */
export interface ClientTestStep {
  readonly name: ClientTestStepName
  /** `skipped`: cannot be tested from here, or an earlier step failed. */
  readonly outcome: 'passed' | 'failed' | 'skipped'
  /** Why the step did not pass: one of our codes or the response. */
  readonly reason: ClientTestFailure | null
  /** Technical details, such as the response. */
  readonly detail: string | null
}

/** Why a step of a client test failed. */
export type ClientTestFailure =
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

/** Thrown when a step does not pass. */
export class TrialStoppedError extends Error {
  readonly reason: ClientTestFailure
  readonly outcome: 'failed' | 'skipped'

  constructor(reason: ClientTestFailure, detail = '', outcome: 'failed' | 'skipped' = 'failed') {
    super(detail)
    this.reason = reason
    this.outcome = outcome
  }
}

/** Runs steps until one does not pass. */
export class TrialRecord {
  readonly #steps: ClientTestStep[] = []

  async step<T>(
    name: ClientTestStepName,
    run: () => Promise<T> | T,
    detail: (result: T) => string | null = () => null,
  ): Promise<T> {
    try {
      const result = await run()
      this.#steps.push({ name, outcome: 'passed', reason: null, detail: detail(result) })
      return result
    } catch (error) {
      if (error instanceof TrialStoppedError)
        this.#steps.push({ name, outcome: error.outcome, reason: error.reason, detail: error.message || null })
      throw error
    }
  }

  /** All steps, including unreached ones as skipped. */
  get steps(): readonly ClientTestStep[] {
    const completed = new Set(this.#steps.map(({ name }) => name))
    const remaining = trialSteps.filter((name) => !completed.has(name))
    return [
      ...this.#steps,
      ...remaining.map((name) => ({ name, outcome: 'skipped', reason: 'earlier', detail: null }) as const),
    ]
  }
}
