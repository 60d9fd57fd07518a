import type { Pocket, ReadPasskeyPolicy } from '@pocket/core'
import type { User } from '@pocket/directory'
import type { Authentication } from '../http/authentication.ts'
import type { Flashes } from '../http/flash.ts'
import type { ReauthenticationPages } from '../http/reauthentication.ts'
import type { ShowPage } from '../http/show-page.ts'
import type { ProfilePictures } from '../images/profile-pictures.ts'
import type { UserAdministration } from '../users/user-administration.ts'
import type { UserSettings } from '../users/user-settings.ts'
import type { SecondPasskey } from './second-passkey.ts'

export interface ProfilePorts {
  readonly pocket: Pick<Pocket, 'passkeys' | 'issuer'>
  readonly authentication: Authentication
  readonly reauthentication: Pick<ReauthenticationPages, 'when'>
  readonly show: ShowPage
  readonly flashes: Flashes
  readonly users: Pick<UserAdministration, 'find' | 'isManagedByLdap' | 'updateOwn' | 'setOwnLocale'>
  readonly settings: () => Promise<Pick<UserSettings, 'editOwnAccount' | 'requireEmail'>>
  readonly profilePictures: Pick<ProfilePictures, 'put' | 'remove'>
  /** The URLs of the users' own profile pictures. */
  readonly pictures: (userIds: readonly string[]) => Promise<ReadonlyMap<string, string>>
  readonly secondPasskey: SecondPasskey
  readonly passkeyPolicy: ReadPasskeyPolicy
  /** The languages in which pages are available. */
  readonly languages: readonly { readonly tag: string }[]
  readonly verification: {
    /** Whether users are asked to verify their e-mail address. */
    readonly enabled: () => Promise<boolean>
    /** Sends a verification link. @throws {ConflictError} `user_email_not_set` */
    readonly begin: (user: User) => Promise<void>
  }
}
