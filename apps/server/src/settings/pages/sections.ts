import { maxMinutes } from '../checks.ts'
import type { AnySettingKey } from '../save-section.ts'
import { choice, ownChoice, ownNumber, type SettingField, type SettingGroup, text, toggle } from './fields.ts'

/** The settings pages in display order. */
export const sectionNames = ['general', 'sign-up', 'email', 'ldap', 'oidc'] as const
export type SectionName = (typeof sectionNames)[number]

/** The groups of each page in display order. */
export const sections: Readonly<Record<SectionName, readonly SettingGroup[]>> = {
  general: [
    { name: 'instance', fields: [text('appName', 30), text('homePageUrl', 1000)] },
    {
      name: 'appearance',
      fields: [
        { key: 'accentColor', control: { kind: 'color' } },
        toggle('disableAnimations'),
        { key: 'styleVariables', control: { kind: 'block' } },
      ],
    },
    {
      name: 'sessions',
      fields: [
        { key: 'sessionDuration', control: { kind: 'number', unit: 'minutes', least: 1, most: maxMinutes } },
        ownNumber('sessionIdleMinutes', 'minutes'),
      ],
    },
    {
      name: 'accounts',
      fields: [
        toggle('allowOwnAccountEdit'),
        toggle('ownAccountRemoval'),
        toggle('requireUserEmail'),
        toggle('emailsVerified'),
      ],
    },
    { name: 'records', fields: [ownNumber('auditLogRetentionDays', 'days')] },
  ],
  'sign-up': [
    {
      name: 'signUp',
      fields: [
        choice('allowUserSignups', ['disabled', 'withToken', 'open']),
        toggle('signUpVerification'),
        toggle('signUpApproval'),
      ],
    },
    {
      name: 'newUsers',
      fields: [
        { key: 'signupDefaultUserGroupIDs', control: { kind: 'groups' } },
        { key: 'signupDefaultCustomClaims', control: { kind: 'claims' } },
      ],
    },
  ],
  email: [
    {
      name: 'server',
      fields: [
        text('smtpHost', 255, { optional: true }),
        text('smtpPort', 5, { optional: true }),
        choice('smtpTls', ['tls', 'starttls', 'none']),
        toggle('smtpSkipCertVerify'),
        text('smtpFrom', 254, { optional: true, type: 'email' }),
        text('smtpUser', 255, { optional: true }),
        { key: 'smtpPassword', control: { kind: 'secret' } },
      ],
    },
    {
      name: 'sent',
      fields: [
        toggle('emailLoginNotificationEnabled'),
        toggle('emailVerificationEnabled'),
        toggle('emailApiKeyExpirationEnabled'),
        toggle('emailOneTimeAccessAsAdminEnabled'),
        toggle('emailOneTimeAccessAsUnauthenticatedEnabled'),
      ],
    },
  ],
  ldap: [
    {
      name: 'ldapServer',
      fields: [
        toggle('ldapEnabled'),
        text('ldapUrl', 1000, { optional: true }),
        toggle('ldapStartTls'),
        { key: 'ldapCaCertificate', control: { kind: 'block' } },
        toggle('ldapSkipCertVerify'),
        text('ldapBindDn', 1000, { optional: true }),
        { key: 'ldapBindPassword', control: { kind: 'secret' } },
        ownNumber('ldapTimeoutSeconds', 'seconds'),
      ],
    },
    {
      name: 'ldapPeople',
      fields: [
        text('ldapBase', 1000, { optional: true }),
        text('ldapUserSearchFilter', 1000, { optional: true }),
        text('ldapAttributeUserUniqueIdentifier', 255, { optional: true }),
        text('ldapAttributeUserUsername', 255, { optional: true }),
        text('ldapAttributeUserEmail', 255, { optional: true }),
        text('ldapAttributeUserFirstName', 255, { optional: true }),
        text('ldapAttributeUserLastName', 255, { optional: true }),
        text('ldapAttributeUserDisplayName', 255, { optional: true }),
        text('ldapAttributeUserProfilePicture', 255, { optional: true }),
      ],
    },
    {
      name: 'ldapGroups',
      fields: [
        text('ldapUserGroupSearchFilter', 1000, { optional: true }),
        text('ldapAttributeGroupUniqueIdentifier', 255, { optional: true }),
        text('ldapAttributeGroupName', 255, { optional: true }),
        text('ldapAttributeGroupMember', 255, { optional: true }),
        text('ldapAdminGroupName', 255, { optional: true }),
      ],
    },
    {
      name: 'ldapGone',
      fields: [toggle('ldapSoftDeleteUsers'), ownNumber('ldapRemovalLimitPercent', 'percent')],
    },
  ],
  oidc: [
    {
      name: 'registration',
      fields: [
        ownChoice('dynamicRegistration'),
        toggle('dynamicRegistrationRestricted'),
        ownNumber('unusedClientDays', 'days'),
      ],
    },
    { name: 'documents', fields: [{ key: 'cimdUrlAllowlist', control: { kind: 'lines' } }] },
    { name: 'discovery', fields: [{ key: 'webFingerDomains', control: { kind: 'lines' } }] },
  ],
}

export function fieldsOf(section: SectionName): readonly SettingField[] {
  return sections[section].flatMap(({ fields }) => fields)
}

export function keysOf(section: SectionName): readonly AnySettingKey[] {
  return fieldsOf(section).map(({ key }) => key)
}
