import type Provider from 'oidc-provider'
import { Forbidden } from '../errors.ts'
import type { Sessions } from '../oidc/sessions.ts'
import { answerInteraction, type Exchange, type Interaction } from './interaction.ts'
import type { SignInService } from './sign-in.ts'

export interface LoginPorts {
  readonly provider: () => Provider
  readonly sessions: Sessions
  readonly signIn: SignInService
}

const choosing = new Set(['select_account', 'create'])
const otherReasons = new Set(['no_session', 'account_gone', 'id_token_hint', 'claims_id_token_sub_value'])
const acrReasons = new Set(['essential_acr', 'essential_acrs'])
const sessionReasons = new Set(['no_session', 'account_gone'])

/** Whether anybody's valid session is answer enough, however it was begun; otherwise a new ceremony is asked for. */
export function answeredBySession({ prompt }: Interaction): boolean {
  return prompt.name === 'login' && prompt.reasons.every((reason) => sessionReasons.has(reason))
}

/** Whether the person is to choose among those who are signed in here, or to sign in as somebody else. */
export function asksForAccount({ prompt }: Interaction): boolean {
  return (
    prompt.name === 'select_account' ||
    prompt.name === 'create' ||
    (prompt.name === 'login' && prompt.reasons.every((reason) => otherReasons.has(reason)))
  )
}

/** Asks for a passkey within an authorization request, and hands the answer to the library. */
export function createLogin({ provider, sessions, signIn }: LoginPorts) {
  /** Where to go on, after somebody signed in. */
  const finish = (interaction: Interaction, result: NonNullable<Interaction['result']>): Promise<string> =>
    answerInteraction(provider(), interaction, (answered) => {
      // The session that the request began in no longer matters, whoever it belonged to.
      answered.session = undefined
      // Whoever allowed something before may have been somebody else.
      const { consent: _consent, ...before } = interaction.lastSubmission ?? {}
      const { name } = interaction.prompt
      answered.result = { ...before, ...result, ...(choosing.has(name) && { select_account: {}, create: {} }) }
    })
  return {
    /** Where to go on at once, if somebody has signed in meanwhile (another tab, a login code) and that is enough. */
    async answerFromSession(exchange: Exchange, interaction: Interaction): Promise<string | undefined> {
      const created = interaction.prompt.name === 'create'
      if (!created && !answeredBySession(interaction)) return undefined
      const session = await sessions.read(exchange.req, exchange.res)
      if (!session || (created && session.authTime < interaction.iat)) return undefined
      const { accountId, amr, acr, authTime } = session
      return finish(interaction, { login: { accountId, amr: [...amr], acr, ts: authTime } })
    },

    /** Verifies the passkey and returns where to go on. @throws as `Authentication.verify` */
    submit({ req, res }: Exchange, interaction: Interaction, response: unknown): Promise<string> {
      return signIn.identify(req, res, response, async ({ account, context: { amr, acr, authTime }, passkeyId }) => {
        // Only here, since the library would start the session without its history, and end another person's.
        await sessions.start(req, res, { accountId: account.id, method: 'passkey', passkeyId })
        return finish(interaction, { login: { accountId: account.id, amr: [...amr], acr, ts: authTime } })
      })
    },

    /** Goes on as somebody who is signed in here already. @throws {Forbidden} `validation_failed` */
    async choose({ req, res }: Exchange, interaction: Interaction, uid: string): Promise<string> {
      if (!asksForAccount(interaction) || !(await sessions.switchTo(req, res, uid)))
        throw new Forbidden('validation_failed', 'Nobody of this id is signed in here.')
      // Without a sign-in, so that a request for a new one is not answered by the choice.
      const { login: _login, ...before } = interaction.lastSubmission ?? {}
      interaction.lastSubmission = before
      return finish(interaction, {})
    },

    /** Lets the person choose another account, whatever the interaction was about. */
    async askForAccount(interaction: Interaction): Promise<void> {
      await answerInteraction(provider(), interaction, (answered) => {
        answered.prompt = { name: 'select_account', reasons: ['another_account'], details: {} }
      })
    },

    /** Where to go on at once, if a passkey was used and the client still wants more than that is worth. */
    async unmetRequirements(interaction: Interaction): Promise<string | undefined> {
      const { prompt, lastSubmission } = interaction
      const asksForMore = prompt.name === 'login' && prompt.reasons.every((reason) => acrReasons.has(reason))
      if (!asksForMore || lastSubmission?.login === undefined) return undefined
      return finish(interaction, {
        error: 'unmet_authentication_requirements',
        error_description: 'a passkey is not what the client asks for',
      })
    },

    /** Goes on after something was done on a page of the host's, whose check is asked again. */
    goOn: (interaction: Interaction): Promise<string> => finish(interaction, {}),

    /** Sends the person back without signing in. */
    cancel: (interaction: Interaction): Promise<string> =>
      answerInteraction(provider(), interaction, (answered) => {
        answered.session = undefined
        answered.result = { error: 'access_denied', error_description: 'the person did not sign in' }
      }),

    assertAsksForLogin(interaction: Interaction): void {
      if (interaction.prompt.name !== 'login' && !choosing.has(interaction.prompt.name))
        throw new Forbidden('validation_failed', 'This interaction does not ask for a sign-in.')
    },
  }
}

export type Login = ReturnType<typeof createLogin>
