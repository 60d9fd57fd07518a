import type { IncomingMessage, ServerResponse } from 'node:http'
import type Provider from 'oidc-provider'
import type { AccountStore } from '../accounts/account-store.ts'
import { eligibleAccount } from '../accounts/eligibility.ts'
import { carriedUrl } from '../oidc/carried-interactions.ts'
import { extras } from '../oidc/client-metadata.ts'
import { destinationOf } from '../oidc/pages.ts'
import type { Sessions } from '../oidc/sessions.ts'
import type { AuthenticationRequest } from '../passkeys/authentication.ts'
import type { ConsentInteraction } from './consent.ts'
import type { Exchange, Interaction } from './interaction.ts'
import { answeredBySession, asksForAccount } from './login.ts'
import type {
  AuthenticationCeremony,
  ClientView,
  ConsentView,
  LoginCodeView,
  NotAllowedView,
  SelectAccountView,
  SignInView,
  SignUpView,
} from './views.ts'

/** Which of core’s own ways in there are beside passkeys: those for which the host has no page, and what they need. */
export interface BuiltInMethods {
  /** A login code is typed in. */
  readonly code: boolean
  /** A login code is asked for by e-mail. */
  readonly mail: boolean
  readonly signUp: boolean
}

export interface InteractionPagePorts {
  readonly provider: () => Provider
  readonly consent: ConsentInteraction
  readonly requestPasskey: (req: IncomingMessage, res: ServerResponse) => Promise<AuthenticationRequest>
  readonly accounts: AccountStore
  readonly sessions: Pick<Sessions, 'list'>
  /** The path of the issuer, without a slash at its end. */
  readonly mountPath: string
  /** The page of other ways to sign in; it is given `?redirect=` with the way back. `null` where the host has none. */
  readonly otherMethodsUrl: string | null
  /** The page on which strangers sign up, while they may; it is given the same. */
  readonly signUpUrl: () => Promise<string | null>
  /** Where a form asks for a login code by e-mail, while that is possible. */
  readonly emailCodesUrl: () => Promise<string | null>
  readonly builtInMethods: BuiltInMethods
}

/** What the pages of an interaction show. */
export function createInteractionPages({
  provider,
  consent,
  requestPasskey,
  accounts,
  sessions,
  mountPath,
  otherMethodsUrl,
  signUpUrl,
  emailCodesUrl,
  builtInMethods,
}: InteractionPagePorts) {
  const at = ({ uid }: Interaction, act = '') => carriedUrl(`${mountPath}/interaction/${uid}${act}`)

  /** Whether it is content with somebody who comes back signed in from another page. */
  const canUseOtherMethods = (interaction: Interaction) => answeredBySession(interaction) || asksForAccount(interaction)
  const leadingBack = (page: string | null, interaction: Interaction) =>
    page && `${page}?${new URLSearchParams({ redirect: at(interaction) })}`

  const otherMethods = (interaction: Interaction) =>
    builtInMethods.code ? at(interaction, '/code') : leadingBack(otherMethodsUrl, interaction)

  const signUpPage = async (interaction: Interaction) =>
    builtInMethods.signUp ? at(interaction, '/sign-up') : leadingBack(await signUpUrl(), interaction)

  const emailCode = async (interaction: Interaction): Promise<SignInView['emailCode']> => {
    if (!answeredBySession(interaction)) return null
    const submitTo = builtInMethods.mail ? at(interaction, '/mail') : await emailCodesUrl()
    return submitTo === null ? null : { submitTo, redirect: at(interaction) }
  }

  const ceremony = async ({ req, res }: Exchange, interaction: Interaction): Promise<AuthenticationCeremony> => ({
    ...(await requestPasskey(req, res)),
    refreshFrom: at(interaction, '/ceremony'),
    submitTo: at(interaction, '/login'),
  })

  const clientView = async ({ params }: Interaction): Promise<ClientView> => {
    const id = String(params.client_id)
    const client = await provider().Client.find(id)
    const operator = client && extras(client).pocket_protocol.operator
    return {
      id,
      name: client?.clientName ?? id,
      destination: destinationOf(params.redirect_uri),
      ...(operator && { operator }),
      ...(client && { origin: extras(client).pocket_origin }),
    }
  }

  /** Whether whoever is signed in is asked once more, and not for somebody else. */
  const isAskedAgain = (interaction: Interaction) =>
    interaction.session !== undefined &&
    !asksForAccount(interaction) &&
    !interaction.prompt.reasons.includes('account_gone')

  return {
    /** The page of the host's to which a check sends the person, with the way back. */
    hostPage(interaction: Interaction): string {
      const page = String(interaction.prompt.details.goTo ?? '/')
      const query = new URLSearchParams({ redirect: at(interaction, '?back=yes') })
      return `${page}${page.includes('?') ? '&' : '?'}${query}`
    },

    /** The URL of the interaction itself, or of what is done in it. */
    at,

    canUseOtherMethods,

    ceremony,

    async signIn(exchange: Exchange, interaction: Interaction): Promise<SignInView> {
      return {
        view: 'sign-in',
        client: await clientView(interaction),
        ceremony: await ceremony(exchange, interaction),
        reason: isAskedAgain(interaction) ? 'again' : 'first',
        otherMethodsUrl: canUseOtherMethods(interaction) ? otherMethods(interaction) : null,
        signUpUrl: canUseOtherMethods(interaction) && !interaction.session ? await signUpPage(interaction) : null,
        emailCode: await emailCode(interaction),
        cancelTo: at(interaction, '/cancel'),
      }
    },

    /** `null` where nobody is signed in who could be chosen, or where the interaction is about something else. */
    async selectAccount({ req, res }: Exchange, interaction: Interaction): Promise<SelectAccountView | null> {
      const present = asksForAccount(interaction) ? await sessions.list(req, res) : []
      if (present.length === 0) return null
      const { params } = interaction
      const people = present.map(async ({ accountId, uid }, index) => {
        const { userName, displayName, email } = await eligibleAccount(accounts, accountId)
        const hinted =
          params.login_hint !== undefined && [userName, email, accountId].includes(String(params.login_hint))
        return { hinted, item: { id: uid, userName, displayName, active: index === 0 } }
      })
      const sorted = (await Promise.all(people)).toSorted((a, b) => Number(b.hinted) - Number(a.hinted))
      return {
        view: 'select-account',
        client: await clientView(interaction),
        accounts: sorted.map(({ item }) => item),
        chooseTo: at(interaction, '/account'),
        signOutTo: at(interaction, '/sign-out'),
        otherDeviceUrl: at(interaction, '?another=yes'),
        cancelTo: at(interaction, '/cancel'),
      }
    },

    async notAllowed(interaction: Interaction): Promise<NotAllowedView> {
      const { userName, displayName } = await eligibleAccount(accounts, interaction.session?.accountId ?? '')
      return {
        view: 'not-allowed',
        client: await clientView(interaction),
        account: { userName, displayName },
        ...(typeof interaction.prompt.details.refuse === 'string' && { reason: interaction.prompt.details.refuse }),
        switchTo: at(interaction, '/switch'),
        cancelTo: at(interaction, '/cancel'),
      }
    },

    /** The page on which strangers sign up, for whoever is nobody here yet. */
    async signUpFor(interaction: Interaction): Promise<string | null> {
      return interaction.session?.accountId === undefined ? signUpPage(interaction) : null
    },

    async loginCode(interaction: Interaction, said: Pick<LoginCodeView, 'mailed' | 'problem'>): Promise<LoginCodeView> {
      return {
        view: 'login-code',
        client: await clientView(interaction),
        submitTo: at(interaction, '/code'),
        ...said,
        emailCode: builtInMethods.mail ? { submitTo: at(interaction, '/mail') } : null,
        backTo: at(interaction),
      }
    },

    async signUp(interaction: Interaction, waiting: boolean): Promise<SignUpView> {
      const ceremony = {
        optionsFrom: at(interaction, '/sign-up/options'),
        submitTo: at(interaction, '/sign-up/answer'),
      }
      return { view: 'sign-up', client: await clientView(interaction), ceremony, waiting, backTo: at(interaction) }
    },

    async consent(exchange: Exchange, interaction: Interaction): Promise<ConsentView> {
      const { account, origin, claims, apis, authorizationDetails, allowedBefore } = await consent.show(
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
        submitTo: at(interaction, '/consent'),
        switchTo: at(interaction, '/switch'),
        cancelTo: at(interaction, '/cancel'),
      }
    },
  }
}

export type InteractionPages = ReturnType<typeof createInteractionPages>
