import { expect, test } from '@jest/globals'
import type {
  AccessCheck,
  Actor,
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
  RegistrationOptionsInput,
  RegistrationResponseInput,
  RenderPage,
  SecretInput,
  SignUpInput,
  View,
} from '@pocket/core'
import type { RegistrationCeremony } from '@pocket/core/browser'
import type { PocketErrorOptions } from '@pocket/core/errors'
import { memoryStores } from '@pocket/core/memory'
import type {
  FollowOptions,
  RequestOptions,
  SoftwareAuthenticatorOptions,
  UserAgentOptions,
} from '@pocket/core/testing'
import type { RelyingPartyOptions, SynologyDsmOptions } from '@pocket/test-support/relying-parties'

// A compile-time test: each line that must fail is annotated.

const accounts: HostAccounts = { find: async (id) => ({ id, userName: 'ada' }) }
const stores = memoryStores()
const least: PocketOptions = { issuer: 'https://id.example.com', masterKey: 'a text', accounts, stores }

export const options: readonly PocketOptions[] = [
  least,
  { ...least, masterKey: Buffer.from('bytes') },
  { ...least, claims: (account, { client, scopes }) => ({ [client.id]: account.extra?.a, scopes }) },
  { ...least, hooks: { accessChecks: { terms: async () => ({ redirectTo: '/terms' }), never: () => undefined } } },
  {
    ...least,
    hooks: { before: { signIn: ({ account }) => (account.userName === 'ada' ? { refuse: 'not now' } : undefined) } },
  },
  {
    ...least,
    hooks: {
      before: { updateClient: async () => undefined, removePasskey: ({ passkey }) => ({ refuse: passkey.name }) },
    },
  },
  { ...least, hooks: { before: { registerClient: async () => undefined }, after: ({ event }) => void event } },
  { ...least, mailer: { send: async ({ to, code }) => [to, code] } },
  // @ts-expect-error unknown hook
  { ...least, hooks: { before: { signOut: () => undefined } } },
  { ...least, pages: { render: (view) => view.view } },
  // @ts-expect-error unknown option
  { ...least, rateLimit: true },
  // @ts-expect-error accounts are required
  { ...least, accounts: undefined },
  // @ts-expect-error a key is not a number
  { ...least, masterKey: 7 },
]

/** The optional properties that reject an explicit `undefined`, which a host passes for a missing setting. */
type OptionalWithoutUndefined<T> = {
  [Key in keyof T]-?: { readonly [Only in Key]: undefined } extends Pick<T, Key>
    ? never
    : object extends Pick<T, Key>
      ? Key
      : never
}[keyof T]
type AssertNever<T extends never> = T
export type OptionalOptions = AssertNever<
  | OptionalWithoutUndefined<PocketOptions>
  | OptionalWithoutUndefined<BeforeHooks>
  | OptionalWithoutUndefined<HostAccount>
  | OptionalWithoutUndefined<SignUpInput>
  | OptionalWithoutUndefined<Actor>
  | OptionalWithoutUndefined<LoginCodeOptions>
  | OptionalWithoutUndefined<RegistrationOptionsInput>
  | OptionalWithoutUndefined<RegistrationResponseInput>
  | OptionalWithoutUndefined<NewClientInput>
  | OptionalWithoutUndefined<ClientProtocolInput>
  | OptionalWithoutUndefined<SecretInput>
  | OptionalWithoutUndefined<NewInitialAccessToken>
  | OptionalWithoutUndefined<NewApiInput>
  | OptionalWithoutUndefined<PermissionInput>
  | OptionalWithoutUndefined<PublicFetchInit>
  | OptionalWithoutUndefined<PublicFetchOptions>
  | OptionalWithoutUndefined<PocketErrorOptions>
  | OptionalWithoutUndefined<RegistrationCeremony>
  | OptionalWithoutUndefined<SoftwareAuthenticatorOptions>
  | OptionalWithoutUndefined<UserAgentOptions>
  | OptionalWithoutUndefined<RequestOptions>
  | OptionalWithoutUndefined<FollowOptions>
  | OptionalWithoutUndefined<RelyingPartyOptions>
  | OptionalWithoutUndefined<SynologyDsmOptions>
>

// @ts-expect-error an account has a name
export const nameless: HostAccounts = { find: async (id) => ({ id }) }
// @ts-expect-error claims are an object
export const nothing: HostClaims = () => undefined
// @ts-expect-error unknown result
export const unknown: AccessCheck = () => ({ allow: true })

export const each: RenderPage = (view, _req, standard) =>
  view.view === 'sign-in' ? titleOf(view) : standard.page(view)

/** Every view has a name; the compiler reports a missing one. */
function titleOf(view: View): string {
  switch (view.view) {
    case 'sign-in':
      return view.ceremony.submitTo
    case 'consent':
    case 'not-allowed':
      return view.account.userName
    case 'select-account':
      return view.otherDeviceUrl
    case 'add-passkey':
      return view.continueTo
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

test('the types accept valid host code and reject invalid host code', () => {
  expect(options).toHaveLength(13)
})
