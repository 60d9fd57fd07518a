import type { CoreContext } from '../context.ts'
import { ForbiddenError } from '../errors.ts'
import { requestContext } from '../http/request-context.ts'
import { completeInteraction, type Exchange, type Interaction } from './interaction.ts'
import { loginPageUrl } from './login-pages.ts'
import type { InteractionServices } from './services.ts'

const accountPrompts = new Set(['select_account', 'create'])
const accountReasons = new Set(['no_session', 'account_gone', 'id_token_hint', 'claims_id_token_sub_value'])
const acrReasons = new Set(['essential_acr', 'essential_acrs'])
const sessionReasons = new Set(['no_session', 'account_gone'])

/** Whether any valid session suffices, regardless of its sign-in method; otherwise a new authentication is required. */
export function acceptsAnySession({ prompt }: Interaction): boolean {
  return prompt.name === 'login' && prompt.reasons.every((reason) => sessionReasons.has(reason))
}

/** Whether the user may choose a signed-in account or sign in to another one. */
export function allowsAccountChoice({ prompt }: Interaction): boolean {
  return (
    prompt.name === 'select_account' ||
    prompt.name === 'create' ||
    (prompt.name === 'login' && prompt.reasons.every((reason) => accountReasons.has(reason)))
  )
}

/** Requests a passkey during an authorization request, and passes the result to the library. */
export function createLogin(
  { afterSignInUrl, onError }: Pick<CoreContext, 'afterSignInUrl' | 'onError'>,
  { provider, sessions, signIn }: InteractionServices,
) {
  /** The URL to continue at after a sign-in. */
  const finish = (interaction: Interaction, result: NonNullable<Interaction['result']>): Promise<string> =>
    completeInteraction(provider(), interaction, (current) => {
      // The session that the request started with no longer matters.
      current.session = undefined
      // An earlier consent may belong to another user.
      const { consent: _consent, ...earlierResult } = interaction.lastSubmission ?? {}
      const { name } = interaction.prompt
      current.result = {
        ...earlierResult,
        ...result,
        ...(accountPrompts.has(name) && { select_account: {}, create: {} }),
      }
    })
  return {
    /** The URL to continue at if a sufficient sign-in already exists (from another tab or a login code). */
    async completeFromSession(exchange: Exchange, interaction: Interaction): Promise<string | undefined> {
      const isRegistration = interaction.prompt.name === 'create'
      if (!isRegistration && !acceptsAnySession(interaction)) return undefined
      const session = await sessions.read(exchange.req, exchange.res)
      if (!session || (isRegistration && session.authTime < interaction.iat)) return undefined
      const { accountId, amr, acr, authTime } = session
      return finish(interaction, { login: { accountId, amr: [...amr], acr, ts: authTime } })
    },

    /** Verifies the passkey and returns the URL to continue at. @throws the same errors as `Authentication.verify` */
    async submit({ req, res }: Exchange, interaction: Interaction, response: unknown): Promise<string> {
      const signedIn = await signIn.identify(req, res, response, async ({ account, context, passkeyId, passkeys }) => {
        const { amr, acr, authTime } = context
        // Start the session here, because the library would start it without a history and end another user's session.
        await sessions.start(req, res, { accountId: account.id, method: 'passkey', passkeyId })
        const login = { accountId: account.id, amr: [...amr], acr, ts: authTime }
        return { account, passkeys, continueTo: await finish(interaction, { login }) }
      })
      const { continueTo, ...completed } = signedIn
      // The user is signed in already, and the page is not needed to continue.
      const page = await afterSignInUrl(completed).catch((error: unknown) => {
        onError(error, requestContext(req).requestId)
        return null
      })
      if (page === null) return continueTo
      const { pathname, search } = new URL(continueTo)
      return loginPageUrl('', page, pathname + search)
    },

    /** Continues with an account that is already signed in. @throws {ForbiddenError} `validation_failed` */
    async choose({ req, res }: Exchange, interaction: Interaction, uid: string): Promise<string> {
      if (!allowsAccountChoice(interaction) || !(await sessions.switchTo(req, res, uid)))
        throw new ForbiddenError('validation_failed', 'No account with this ID is signed in.')
      // Drop the login result, so that choosing an account does not satisfy a request for a new sign-in.
      const { login: _login, ...earlierResult } = interaction.lastSubmission ?? {}
      interaction.lastSubmission = earlierResult
      return finish(interaction, {})
    },

    /** Switches any interaction to account selection. */
    async askForAccount(interaction: Interaction): Promise<void> {
      await completeInteraction(provider(), interaction, (current) => {
        current.prompt = { name: 'select_account', reasons: ['another_account'], details: {} }
      })
    },

    /** The URL to continue at if a passkey was used, but the client requires a higher `acr`. */
    async unmetRequirements(interaction: Interaction): Promise<string | undefined> {
      const { prompt, lastSubmission } = interaction
      const requiresHigherAcr = prompt.name === 'login' && prompt.reasons.every((reason) => acrReasons.has(reason))
      if (!requiresHigherAcr || lastSubmission?.login === undefined) return undefined
      return finish(interaction, {
        error: 'unmet_authentication_requirements',
        error_description: 'a passkey does not meet the requested acr',
      })
    },

    /** Continues after a visit to a page of the host; its check then runs again. */
    resume: (interaction: Interaction): Promise<string> => finish(interaction, {}),

    /** Returns to the client without signing in. */
    cancel: (interaction: Interaction): Promise<string> =>
      completeInteraction(provider(), interaction, (current) => {
        current.session = undefined
        current.result = { error: 'access_denied', error_description: 'the user did not sign in' }
      }),

    assertRequiresLogin(interaction: Interaction): void {
      if (interaction.prompt.name !== 'login' && !accountPrompts.has(interaction.prompt.name))
        throw new ForbiddenError('validation_failed', 'This interaction does not ask for a sign-in.')
    },
  }
}
