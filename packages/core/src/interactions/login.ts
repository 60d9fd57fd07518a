import type Provider from 'oidc-provider'
import { Forbidden } from '../errors.ts'
import type { Sessions } from '../oidc/sessions.ts'
import type { Exchange, Interaction } from './interaction.ts'
import type { SignInService } from './sign-in.ts'

export interface LoginPorts {
  readonly provider: () => Provider
  readonly sessions: Sessions
  readonly signIn: SignInService
}

const sessionReasons = new Set(['no_session', 'account_gone'])

/** Whether anybody's valid session is answer enough, however it was begun; otherwise a new ceremony is asked for. */
export function answeredBySession({ prompt }: Interaction): boolean {
  return prompt.name === 'login' && prompt.reasons.every((reason) => sessionReasons.has(reason))
}

/** Asks for a passkey within an authorization request, and hands the answer to the library. */
export function createLogin({ provider, sessions, signIn }: LoginPorts) {
  /** Where to go on, after somebody signed in. */
  const finish = async (interaction: Interaction, result: NonNullable<Interaction['result']>): Promise<string> => {
    // The session that the request began in no longer matters, whoever it belonged to.
    interaction.session = undefined
    interaction.result = {
      ...interaction.lastSubmission,
      ...result,
      ...(interaction.prompt.name === 'select_account' && { select_account: {} }),
    }
    await interaction.persist()
    return interaction.returnTo
  }
  return {
    /** Where to go on at once, if somebody has signed in meanwhile (another tab, a login code) and that is enough. */
    async alreadyAnswered(exchange: Exchange, interaction: Interaction): Promise<string | undefined> {
      if (!answeredBySession(interaction)) return undefined
      const session = await sessions.read(exchange.req, exchange.res)
      if (!session) return undefined
      const { accountId, amr, acr, authTime } = session
      return finish(interaction, { login: { accountId, amr: [...amr], acr, ts: authTime } })
    },

    /** Verifies the passkey and returns where to go on. @throws as `Authentication.verify` */
    async submit({ req, res }: Exchange, interaction: Interaction, response: unknown): Promise<string> {
      const { account, context } = await signIn.identify(req, res, response)
      const { amr, acr, authTime } = context
      const present = await provider().Session.get(provider().createContext(req, res))
      // The library would end another person's session here with a page of its own; ours ends it without one.
      if (present.accountId !== undefined && present.accountId !== account.id)
        await sessions.start(req, res, { accountId: account.id, method: 'passkey' })
      return finish(interaction, { login: { accountId: account.id, amr: [...amr], acr, ts: authTime } })
    },

    /** Sends the person back without signing in. */
    async cancel(interaction: Interaction): Promise<string> {
      interaction.session = undefined
      interaction.result = { error: 'access_denied', error_description: 'the person did not sign in' }
      await interaction.persist()
      return interaction.returnTo
    },

    assertAsksForLogin(interaction: Interaction): void {
      if (interaction.prompt.name !== 'login' && interaction.prompt.name !== 'select_account')
        throw new Forbidden('validation_failed', 'This interaction does not ask for a sign-in.')
    },
  }
}

export type Login = ReturnType<typeof createLogin>
