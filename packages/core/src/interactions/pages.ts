import { eligibleAccount } from '../accounts/eligibility.ts'
import type { CoreContext } from '../context.ts'
import { carriedUrl } from '../oidc/carried-interactions.ts'
import { extras } from '../oidc/client-metadata.ts'
import { toDestination } from '../oidc/pages.ts'
import { secondPasskeyPrompt } from '../oidc/policy.ts'
import type {
  AuthenticationCeremony,
  ClientView,
  ConsentView,
  LoginCodeView,
  NotAllowedView,
  SelectAccountView,
  SignInView,
  SignUpView,
} from '../views/views.ts'
import type { ConsentInteraction } from './consent.ts'
import type { Exchange, Interaction } from './interaction.ts'
import { acceptsAnySession, allowsAccountChoice } from './login.ts'
import { loginPageUrl } from './login-pages.ts'
import type { InteractionServices } from './services.ts'

export function createInteractionPages(
  context: CoreContext,
  { provider, sessions, signIn }: InteractionServices,
  consent: ConsentInteraction,
) {
  const { issuer, loginPath, otherMethodsUrl, signUpUrl, emailCodesUrl, builtInMethods } = context
  const { accounts } = context.stores
  const urlOf = ({ uid }: Interaction, path = '') => carriedUrl(`${issuer.path}/interaction/${uid}${path}`)

  /** Whether the interaction accepts a user who signed in on another page. */
  const canUseOtherMethods = (interaction: Interaction) =>
    acceptsAnySession(interaction) || allowsAccountChoice(interaction)
  const withReturnUrl = (page: string | null, interaction: Interaction) =>
    page && `${page}?${new URLSearchParams({ redirect: urlOf(interaction) })}`

  const otherMethods = (interaction: Interaction) =>
    builtInMethods.code ? urlOf(interaction, '/code') : withReturnUrl(otherMethodsUrl, interaction)

  const signUpPage = async (interaction: Interaction) =>
    builtInMethods.signUp ? urlOf(interaction, '/sign-up') : withReturnUrl(await signUpUrl(), interaction)

  const emailCode = async (interaction: Interaction): Promise<SignInView['emailCode']> => {
    if (!acceptsAnySession(interaction)) return null
    const submitTo = builtInMethods.mail ? urlOf(interaction, '/mail') : await emailCodesUrl()
    return submitTo === null ? null : { submitTo, redirect: urlOf(interaction) }
  }

  const ceremony = async ({ req, res }: Exchange, interaction: Interaction): Promise<AuthenticationCeremony> => ({
    ...(await signIn.request(req, res)),
    refreshFrom: urlOf(interaction, '/ceremony'),
    submitTo: urlOf(interaction, '/login'),
  })

  const clientView = async ({ params }: Interaction): Promise<ClientView> => {
    const id = String(params.client_id)
    const client = await provider().Client.find(id)
    const operator = client && extras(client).pocket_protocol.operator
    return {
      id,
      name: client?.clientName ?? id,
      destination: toDestination(params.redirect_uri),
      ...(operator && { operator }),
      ...(client && { origin: extras(client).pocket_origin }),
    }
  }

  const secondPasskey = (interaction: Interaction) => {
    const returnTo = urlOf(interaction, '?back=yes')
    const addUrl = loginPath === null ? null : loginPageUrl(issuer.path + loginPath, '/passkey', returnTo)
    return { addUrl, returnTo }
  }

  /** Whether the signed-in user must authenticate again, rather than as another user. */
  const isReauthentication = (interaction: Interaction) =>
    interaction.session !== undefined &&
    !allowsAccountChoice(interaction) &&
    !interaction.prompt.reasons.includes('account_gone')

  return {
    /** The URL of the host page requested by an access check, with a return URL. */
    hostPage(interaction: Interaction): string {
      const page = String(interaction.prompt.details.redirectTo ?? '/')
      const query = new URLSearchParams({ redirect: urlOf(interaction, '?back=yes') })
      return `${page}${page.includes('?') ? '&' : '?'}${query}`
    },

    /** The URL of the interaction, or of an action in it. */
    at: urlOf,

    /** A user who signed in with a code is offered a passkey before the interaction continues. */
    afterCode: (interaction: Interaction): string =>
      loginPath === null ? urlOf(interaction) : loginPageUrl(issuer.path + loginPath, '/passkey', urlOf(interaction)),

    afterSignUp: (interaction: Interaction): string => urlOf(interaction),

    canUseOtherMethods,

    ceremony,

    async signIn(exchange: Exchange, interaction: Interaction): Promise<SignInView> {
      return {
        view: 'sign-in',
        client: await clientView(interaction),
        ceremony: await ceremony(exchange, interaction),
        reason: isReauthentication(interaction) ? 'again' : 'first',
        otherMethodsUrl: canUseOtherMethods(interaction) ? otherMethods(interaction) : null,
        signUpUrl: canUseOtherMethods(interaction) && !interaction.session ? await signUpPage(interaction) : null,
        emailCode: await emailCode(interaction),
        cancelTo: urlOf(interaction, '/cancel'),
      }
    },

    /** `null` if no account is signed in, or if the interaction does not ask for an account. */
    async selectAccount({ req, res }: Exchange, interaction: Interaction): Promise<SelectAccountView | null> {
      const activeSessions = allowsAccountChoice(interaction) ? await sessions.list(req, res) : []
      if (activeSessions.length === 0) return null
      const { params } = interaction
      const entries = activeSessions.map(async ({ accountId, uid }, index) => {
        const { userName, displayName, email } = await eligibleAccount(accounts, accountId)
        const isHinted =
          params.login_hint !== undefined && [userName, email, accountId].includes(String(params.login_hint))
        return { hinted: isHinted, item: { id: uid, userName, displayName, active: index === 0 } }
      })
      const sorted = (await Promise.all(entries)).toSorted((a, b) => Number(b.hinted) - Number(a.hinted))
      return {
        view: 'select-account',
        client: await clientView(interaction),
        accounts: sorted.map(({ item }) => item),
        chooseTo: urlOf(interaction, '/account'),
        signOutTo: urlOf(interaction, '/sign-out'),
        otherDeviceUrl: urlOf(interaction, '?another=yes'),
        cancelTo: urlOf(interaction, '/cancel'),
      }
    },

    async notAllowed(interaction: Interaction): Promise<NotAllowedView> {
      const { userName, displayName } = await eligibleAccount(accounts, interaction.session?.accountId ?? '')
      return {
        view: 'not-allowed',
        client: await clientView(interaction),
        account: { userName, displayName },
        ...(interaction.prompt.reasons.includes(secondPasskeyPrompt) && { secondPasskey: secondPasskey(interaction) }),
        ...(typeof interaction.prompt.details.refuse === 'string' && { reason: interaction.prompt.details.refuse }),
        switchTo: urlOf(interaction, '/switch'),
        cancelTo: urlOf(interaction, '/cancel'),
      }
    },

    async findSignUpPage(interaction: Interaction): Promise<string | null> {
      return interaction.session?.accountId === undefined ? signUpPage(interaction) : null
    },

    async loginCode(
      interaction: Interaction,
      state: Pick<LoginCodeView, 'mailed' | 'problem'>,
    ): Promise<LoginCodeView> {
      return {
        view: 'login-code',
        client: await clientView(interaction),
        submitTo: urlOf(interaction, '/code'),
        ...state,
        emailCode: builtInMethods.mail ? { submitTo: urlOf(interaction, '/mail') } : null,
        backTo: urlOf(interaction),
      }
    },

    async signUp(interaction: Interaction, waiting: boolean): Promise<SignUpView> {
      const ceremony = {
        optionsFrom: urlOf(interaction, '/sign-up/options'),
        submitTo: urlOf(interaction, '/sign-up/answer'),
      }
      return { view: 'sign-up', client: await clientView(interaction), ceremony, waiting, backTo: urlOf(interaction) }
    },

    async consent(exchange: Exchange, interaction: Interaction): Promise<ConsentView> {
      const { account, origin, claims, apis, authorizationDetails, allowedBefore } = await consent.describe(
        exchange,
        interaction,
      )
      return {
        view: 'consent',
        client: await clientView(interaction),
        origin,
        account: { userName: account.userName, displayName: account.displayName },
        claims,
        apis,
        authorizationDetails,
        allowedBefore,
        ...(consent.confirmsOnly(interaction) && { confirmOnly: true as const }),
        submitTo: urlOf(interaction, '/consent'),
        switchTo: urlOf(interaction, '/switch'),
        cancelTo: urlOf(interaction, '/cancel'),
      }
    },
  }
}
