import { expect, test } from '@jest/globals'
import type {
  AccessCheck,
  ActingParty,
  BeforeHooks,
  ClientProtocolInput,
  HostAccount,
  HostAccounts,
  HostClaims,
  LoginCodeOptions,
  NewApiInput,
  NewClientInput,
  NewInitialAccessToken,
  PermissionInput,
  PocketOptions,
  PublicFetchInit,
  PublicFetchOptions,
  RegistrationEnd,
  RegistrationStart,
  RenderPage,
  SecretInput,
  SignUpInput,
  View,
} from '@pocket/core'
import type { RegistrationCeremony } from '@pocket/core/browser'
import type { ErrorOptions } from '@pocket/core/errors'
import { memoryStores } from '@pocket/core/memory'
import type {
  FollowOptions,
  RelyingPartyOptions,
  RequestOptions,
  SoftwareAuthenticatorOptions,
  SynologyDsmOptions,
  UserAgentOptions,
} from '@pocket/core/testing'

// The compiler is the test: each line that must be wrong says so.

const accounts: HostAccounts = { find: async (id) => ({ id, userName: 'ada' }) }
const stores = { ...memoryStores(), accounts }
const least: PocketOptions = { issuer: 'https://id.example.com', masterKey: 'a text', stores }

export const options: readonly PocketOptions[] = [
  least,
  { ...least, masterKey: Buffer.from('bytes') },
  { ...least, claims: (account, { client, scopes }) => ({ [client.id]: account.extra?.a, scopes }) },
  { ...least, checks: { terms: async () => ({ goTo: '/terms' }), never: () => undefined } },
  { ...least, before: { signIn: ({ account }) => (account.userName === 'ada' ? { refuse: 'not now' } : undefined) } },
  {
    ...least,
    before: { updateClient: async () => undefined, removePasskey: ({ passkey }) => ({ refuse: passkey.name }) },
  },
  { ...least, before: { registerClient: async () => undefined }, after: ({ event }) => void event },
  { ...least, mailer: { send: async ({ to, code }) => [to, code] } },
  // @ts-expect-error there is no such hook
  { ...least, before: { signOut: () => undefined } },
  { ...least, render: (view) => view.view },
  // @ts-expect-error there is no such option
  { ...least, rateLimit: true },
  // @ts-expect-error the stores of core do not know people
  { ...least, stores: memoryStores() },
  // @ts-expect-error a key is no number
  { ...least, masterKey: 7 },
]

/** The options that can be left out, and yet not be `undefined`, as a host has what its settings do not say. */
type Refusing<T> = {
  [Key in keyof T]-?: { readonly [Only in Key]: undefined } extends Pick<T, Key>
    ? never
    : object extends Pick<T, Key>
      ? Key
      : never
}[keyof T]
type None<T extends never> = T
export type LeftOut = None<
  | Refusing<PocketOptions>
  | Refusing<BeforeHooks>
  | Refusing<HostAccount>
  | Refusing<SignUpInput>
  | Refusing<ActingParty>
  | Refusing<LoginCodeOptions>
  | Refusing<RegistrationStart>
  | Refusing<RegistrationEnd>
  | Refusing<NewClientInput>
  | Refusing<ClientProtocolInput>
  | Refusing<SecretInput>
  | Refusing<NewInitialAccessToken>
  | Refusing<NewApiInput>
  | Refusing<PermissionInput>
  | Refusing<PublicFetchInit>
  | Refusing<PublicFetchOptions>
  | Refusing<ErrorOptions>
  | Refusing<RegistrationCeremony>
  | Refusing<SoftwareAuthenticatorOptions>
  | Refusing<UserAgentOptions>
  | Refusing<RequestOptions>
  | Refusing<FollowOptions>
  | Refusing<RelyingPartyOptions>
  | Refusing<SynologyDsmOptions>
>

// @ts-expect-error an account has a name
export const nameless: HostAccounts = { find: async (id) => ({ id }) }
// @ts-expect-error claims are an object
export const nothing: HostClaims = () => undefined
// @ts-expect-error there is no such answer
export const unknown: AccessCheck = () => ({ allow: true })

export const each: RenderPage = (view, _req, standard) =>
  view.view === 'sign-in' ? titleOf(view) : standard.page(view)

/** Every view has a name; the compiler says where one is missing. */
function titleOf(view: View): string {
  switch (view.view) {
    case 'sign-in':
      return view.ceremony.submitTo
    case 'consent':
    case 'not-allowed':
      return view.account.userName
    case 'select-account':
      return view.otherDeviceUrl
    case 'login-code':
    case 'sign-up':
      return view.backTo
    case 'error':
      return view.code
    case 'sign-out':
      return view.submitTo
    case 'signed-out':
      return view.client?.name ?? ''
  }
}

test('what hosts write has the types that it should have', () => {
  expect(options).toHaveLength(13)
})
