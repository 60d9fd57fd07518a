import { email } from './definitions/email.ts'
import { general } from './definitions/general.ts'
import { ldap } from './definitions/ldap.ts'
import { openIdConnect } from './definitions/openid-connect.ts'
import { passkeys } from './definitions/passkeys.ts'
import { signUp } from './definitions/sign-up.ts'
import type { Control, Setting } from './setting.ts'

/** The settings pages in display order; each contains groups of settings. */
const pages = { general, 'sign-up': signUp, email, ldap, oidc: openIdConnect } as const

type Groups = Readonly<Record<string, object>>
type KeyOf<Page extends Groups> = { [Group in keyof Page]: keyof Page[Group] }[keyof Page]
type SettingsOf<Page extends Groups> = {
  readonly [Key in KeyOf<Page>]: Extract<Page[keyof Page], Readonly<Record<Key, unknown>>>[Key]
}

function settingsOf<Page extends Groups>(page: Page): SettingsOf<Page> {
  // `Object.assign` loses the types of the keys.
  return Object.assign({}, ...Object.values(page)) as SettingsOf<Page>
}

/** Every setting, by its name in the REST API and in the database. */
export const definitions = {
  ...settingsOf(general),
  ...settingsOf(signUp),
  ...settingsOf(email),
  ...settingsOf(ldap),
  ...settingsOf(openIdConnect),
  ...passkeys,
} as const

export type SettingKey = keyof typeof definitions

export type SettingValues = {
  readonly [Key in SettingKey]: (typeof definitions)[Key] extends Setting<infer Value> ? Value : never
}

// The casts are safe: `Object.keys` and `Object.fromEntries` only lose the keys.

export const settingKeys = Object.keys(definitions) as readonly SettingKey[]

/** The settings of Pocket ID, in the order of its API: `/api/application-configuration` has these, `/api/settings` the others. */
export const pocketIdKeys = [
  ...(['appName', 'sessionDuration', 'homePageUrl', 'emailsVerified', 'accentColor', 'disableAnimations'] as const),
  ...(['allowOwnAccountEdit', 'allowUserSignups', 'signupDefaultUserGroupIDs', 'signupDefaultCustomClaims'] as const),
  ...(['requireUserEmail', 'smtpHost', 'smtpPort', 'smtpFrom', 'smtpUser', 'smtpPassword', 'smtpTls'] as const),
  ...(['smtpSkipCertVerify', 'emailLoginNotificationEnabled', 'emailOneTimeAccessAsUnauthenticatedEnabled'] as const),
  ...(['emailOneTimeAccessAsAdminEnabled', 'emailApiKeyExpirationEnabled', 'emailVerificationEnabled'] as const),
  ...(['ldapEnabled', 'ldapUrl', 'ldapBindDn', 'ldapBindPassword', 'ldapBase', 'ldapUserSearchFilter'] as const),
  ...(['ldapUserGroupSearchFilter', 'ldapSkipCertVerify', 'ldapAttributeUserUniqueIdentifier'] as const),
  ...(['ldapAttributeUserUsername', 'ldapAttributeUserEmail', 'ldapAttributeUserFirstName'] as const),
  ...(['ldapAttributeUserLastName', 'ldapAttributeUserDisplayName', 'ldapAttributeUserProfilePicture'] as const),
  ...(['ldapAttributeGroupMember', 'ldapAttributeGroupUniqueIdentifier', 'ldapAttributeGroupName'] as const),
  ...([
    'ldapAdminGroupName',
    'ldapSoftDeleteUsers',
    'webauthnUserVerification',
    'webauthnAllowSyncedPasskeys',
  ] as const),
  ...(['webauthnAuthenticatorAttachment', 'cimdUrlAllowlist'] as const),
] as const satisfies readonly SettingKey[]

export type PocketIdKey = (typeof pocketIdKeys)[number]

const pocketIdKeySet: ReadonlySet<SettingKey> = new Set(pocketIdKeys)

export function isPocketIdKey(key: SettingKey): boolean {
  return pocketIdKeySet.has(key)
}

export const additionalKeys = settingKeys.filter((key) => !isPocketIdKey(key))

export function settingOf(key: SettingKey): Setting {
  return definitions[key]
}

/** An object with a member for each of these settings. */
export function perSetting<const Key extends SettingKey, const Value>(
  keys: readonly Key[],
  make: (key: Key) => Value,
): Readonly<Record<Key, Value>> {
  return Object.fromEntries(keys.map((key) => [key, make(key)])) as Record<Key, Value>
}

export const defaultValues = perSetting(settingKeys, (key) => settingOf(key).default) as SettingValues

/** The setting values as strings, as in Pocket ID's API. */
export function textsOf(values: SettingValues): Readonly<Record<PocketIdKey, string>> {
  return perSetting(pocketIdKeys, (key) => settingOf(key).kind.format(values[key]))
}

export type SectionName = keyof typeof pages

export interface SettingField {
  readonly key: SettingKey
  readonly control: Control
}

/** The groups of each settings page in display order. */
export const sections = Object.fromEntries(
  Object.entries(pages).map(([section, groups]) => [
    section,
    Object.entries(groups).map(([name, settings]: [string, Readonly<Record<string, Setting>>]) => ({
      name,
      fields: Object.entries(settings).map(([key, { kind }]) => ({ key, control: kind.control })),
    })),
  ]),
) as unknown as Readonly<
  Record<SectionName, readonly { readonly name: string; readonly fields: readonly SettingField[] }[]>
>

export function fieldsOf(section: SectionName): readonly SettingField[] {
  return sections[section].flatMap(({ fields }) => fields)
}

export function keysOf(section: SectionName): readonly SettingKey[] {
  return fieldsOf(section).map(({ key }) => key)
}
