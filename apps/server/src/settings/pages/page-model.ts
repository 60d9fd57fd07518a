import type { InitialAccessToken, PublishedKey } from '@pocket/core'
import type { FieldError } from '@pocket/core/errors'
import type { Difference } from '../../http/form-page.ts'
import type { Viewer } from '../../http/viewer.ts'
import type { ApplicationImageItem } from '../../images/application-images.ts'
import type { AnySettingKey } from '../save-section.ts'
import type { Control } from './fields.ts'
import type { SectionName } from './sections.ts'

/** A setting as its page shows it. The form sends `key`, any number of times for groups. */
export interface SettingFieldView {
  readonly key: AnySettingKey
  readonly control: Control
  /** As a person writes it; empty for a secret. */
  readonly value: string
  /** Whether a secret is stored. The form sends `KEYRemove` to have it forgotten. */
  readonly isSet: boolean
  /** The variable of the environment that decides it, so that nobody can change it here. */
  readonly locked: string | null
}

/** `/settings/admin/application-configuration` and below. Its form is posted to the same address. */
export interface SettingsPage {
  readonly view: 'settings'
  readonly viewer: Viewer
  readonly section: SectionName
  /** Where the section is. */
  readonly path: string
  /** The end of the key of the sentence that says how things are. */
  readonly lead: string
  readonly groups: readonly { readonly name: string; readonly fields: readonly SettingFieldView[] }[]
  /** Whether the environment decides everything. */
  readonly uiConfigDisabled: boolean
  /** What groups there are to choose from, and how many more; nothing where none are asked for. */
  readonly userGroups: {
    readonly offered: readonly { readonly id: string; readonly name: string }[]
    readonly more: number
  }
  readonly problems: readonly FieldError[]
  /** What the form is based on: it is sent back with it. */
  readonly version: string
  /** What is there now and not what was entered, where somebody else has saved meanwhile. */
  readonly conflict: readonly Difference[] | null
  readonly notice:
    | ('saved' | 'picture_saved' | 'picture_removed' | 'token_removed')
    | ('keys_rotated' | 'keys_pending' | 'keys_unchanged')
    | null
  /** What people see of the instance; none but on the page of the general settings. A form sends `file`. */
  readonly images: readonly ApplicationImageItem[]
  /** What became of a test e-mail; `answer` is what the e-mail server said. */
  readonly test: {
    readonly outcome: 'sent' | 'failed' | 'no_address'
    readonly address: string
    readonly answer: string
  } | null
  /** Directories whose settings are known; the one whose settings are filled in, but not saved. None but on the page of LDAP. */
  readonly presets: {
    readonly offered: readonly { readonly id: string; readonly name: string }[]
    readonly chosen: string | null
  } | null
  /** What lets programs register clients, and what signs what they get; `null` but on the page of OpenID Connect. */
  readonly oidc: OidcPart | null
}

export interface OidcPart {
  readonly tokens: readonly Omit<InitialAccessToken, 'tokenHash'>[]
  /** The token that was made by this very request, in clear. */
  readonly newToken: { readonly id: string; readonly token: string } | null
  /** What the form holds that makes one. */
  readonly token: TokenFormValues
  readonly keys: readonly PublishedKey[]
}

export interface TokenFormValues {
  readonly description: string
  readonly uses: string
  readonly lifetime: 'hour' | 'day' | 'week' | 'month'
}
