import type { InitialAccessToken, PublishedKey } from '@pocket/core'
import type { FieldError } from '@pocket/core/errors'
import type { PickedItem } from '../../http/choices.ts'
import type { Notice } from '../../http/flash.ts'
import type { Difference } from '../../http/form-page.ts'
import type { SignedInPage } from '../../http/viewer.ts'
import type { ApplicationImageItem } from '../../images/application-images.ts'
import type { SectionName, SettingField } from '../definitions.ts'

/** A setting for its page. The form sends `key`, repeatedly for groups. */
export interface SettingFieldView extends SettingField {
  /** The displayed value; empty for a secret. */
  readonly value: string
  /** Whether a secret is stored. The form sends `KEYRemove` to delete it. */
  readonly isSet: boolean
  /** The environment variable that overrides the setting and makes it read-only here. */
  readonly locked: string | null
}

/** `/settings/admin/application-configuration` and below. Its form is posted to the same path. */
export interface SettingsPage extends SignedInPage<'settings'> {
  readonly section: SectionName
  readonly path: string
  /** The suffix of the message key of the status summary. */
  readonly status: string
  /** The instant in that message. */
  readonly statusAt: number | null
  readonly groups: readonly { readonly name: string; readonly fields: readonly SettingFieldView[] }[]
  readonly uiConfigDisabled: boolean
  /** The groups that the form or a stored setting names. */
  readonly userGroups: readonly PickedItem[]
  readonly problems: readonly FieldError[]
  /** The version that the form is based on; the form sends it back. */
  readonly version: string
  /** The stored values that differ from the entered ones, if another user has since saved a change. */
  readonly conflict: readonly Difference[] | null
  /** Its name is that of a picture, or empty. */
  readonly notice: Notice<
    | ('saved' | 'picture_saved' | 'picture_removed' | 'token_removed')
    | ('keys_rotated' | 'keys_pending' | 'keys_unchanged')
  > | null
  /** The images of the instance; empty except on the page of the general settings. A form sends `file`. */
  readonly images: readonly ApplicationImageItem[]
  /** The result of a test e-mail; `answer` is the response of the SMTP server, `problem` the suffix of a message about its cause. */
  readonly test: {
    readonly outcome: 'sent' | 'failed' | 'no_address'
    readonly address: string
    readonly answer: string
    readonly problem: string | null
  } | null
  /** Directory presets, and the preset that is filled in but not saved. Empty except on the LDAP page. */
  readonly presets: {
    readonly offered: readonly { readonly id: string; readonly name: string }[]
    readonly chosen: string | null
  } | null
  /** Registration tokens and signing keys; `null` except on the OpenID Connect page. */
  readonly oidc: OidcPart | null
}

export interface OidcPart {
  readonly tokens: readonly Omit<InitialAccessToken, 'tokenHash'>[]
  /** The token that this request created, in plain text. */
  readonly newToken: { readonly id: string; readonly token: string } | null
  readonly token: TokenFormValues
  readonly keys: readonly PublishedKey[]
}

export interface TokenFormValues {
  readonly description: string
  readonly uses: string
  readonly lifetime: 'hour' | 'day' | 'week' | 'month'
}

declare module '../../http/page-models.ts' {
  interface PageModels {
    readonly settings: SettingsPage
  }
}
