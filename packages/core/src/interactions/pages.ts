import type { IncomingMessage, ServerResponse } from 'node:http'
import type Provider from 'oidc-provider'
import { destinationOf } from '../oidc/pages.ts'
import type { AuthenticationRequest } from '../passkeys/authentication.ts'
import type { ConsentInteraction } from './consent.ts'
import type { Exchange, Interaction } from './interaction.ts'
import { answeredBySession } from './login.ts'
import type { AuthenticationCeremony, ClientView, ConsentView, SignInView } from './views.ts'

export interface InteractionPagePorts {
  readonly provider: () => Provider
  readonly consent: ConsentInteraction
  readonly requestPasskey: (req: IncomingMessage, res: ServerResponse) => Promise<AuthenticationRequest>
  /** The page of other ways to sign in; it is given `?redirect=` with the way back. `null` where the host has none. */
  readonly otherWaysAt: string | null
  /** The page on which strangers sign up, while they may; it is given the same. */
  readonly signUpAt: () => Promise<string | null>
  /** Where a form asks for a login code by e-mail, while that is possible. */
  readonly emailCodesAt: () => Promise<string | null>
}

/** What the pages of an interaction show. */
export function createInteractionPages({
  provider,
  consent,
  requestPasskey,
  otherWaysAt,
  signUpAt,
  emailCodesAt,
}: InteractionPagePorts) {
  const at = ({ uid }: Interaction, act = '') => `/interaction/${uid}${act}`

  /** A page from which the person comes back signed in, where the interaction is content with that. */
  const leadingBack = (page: string | null, interaction: Interaction) =>
    answeredBySession(interaction) ? page && `${page}?${new URLSearchParams({ redirect: at(interaction) })}` : null

  const emailCode = async (interaction: Interaction): Promise<SignInView['emailCode']> => {
    const submitTo = answeredBySession(interaction) ? await emailCodesAt() : null
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
    return { id, name: client?.clientName ?? id, destination: destinationOf(params.redirect_uri) }
  }

  return {
    ceremony,

    async signIn(exchange: Exchange, interaction: Interaction): Promise<SignInView> {
      return {
        view: 'sign-in',
        client: await clientView(interaction),
        ceremony: await ceremony(exchange, interaction),
        reason: interaction.session && !interaction.prompt.reasons.includes('account_gone') ? 'again' : 'first',
        otherWaysAt: leadingBack(otherWaysAt, interaction),
        signUpAt: leadingBack(interaction.session ? null : await signUpAt(), interaction),
        emailCode: await emailCode(interaction),
        cancelTo: at(interaction, '/cancel'),
      }
    },

    async consent(exchange: Exchange, interaction: Interaction): Promise<ConsentView> {
      const { account, claims, apis, authorizationDetails, allowedBefore } = await consent.show(exchange, interaction)
      return {
        view: 'consent',
        client: await clientView(interaction),
        account: { userName: account.userName, displayName: account.displayName },
        claims,
        apis,
        authorizationDetails,
        allowedBefore,
        submitTo: at(interaction, '/consent'),
        cancelTo: at(interaction, '/cancel'),
      }
    },
  }
}

export type InteractionPages = ReturnType<typeof createInteractionPages>
