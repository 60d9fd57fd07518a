import type { PageModel } from '../../../src/http/page-models.ts'
import { defaultValues } from '../../../src/settings/definitions.ts'
import { ownSettings } from '../../../src/settings/own/definitions.ts'
import { isContractKey } from '../../../src/settings/pages/fields.ts'
import type { SettingsPage } from '../../../src/settings/pages/page-model.ts'
import { type SectionName, sections } from '../../../src/settings/pages/sections.ts'
import { shownValue } from '../../../src/settings/pages/written.ts'
import type { AnySettingKey } from '../../../src/settings/save-section.ts'
import { anna } from './common.ts'

interface Given {
  readonly values?: Partial<Record<AnySettingKey, string>>
  readonly locked?: Partial<Record<AnySettingKey, string>>
}

function groupsOf(section: SectionName, { values = {}, locked = {} }: Given = {}): SettingsPage['groups'] {
  return sections[section].map(({ name, fields }) => ({
    name,
    fields: fields.map(({ key, control }) => ({
      key,
      control,
      value: values[key] ?? shownValue(control, isContractKey(key) ? defaultValues[key] : ownSettings[key].default),
      isSet: control.kind === 'secret' && section === 'email' && Object.keys(values).length > 0,
      locked: locked[key] ?? null,
    })),
  }))
}

const usual = {
  view: 'settings',
  viewer: anna,
  uiConfigDisabled: false,
  userGroups: { offered: [], more: 0 },
  problems: [],
  version: 'W/"x"',
  conflict: null,
  notice: null,
  test: null,
} as const
const path = '/settings/admin/application-configuration'
const general = { ...usual, section: 'general', path, lead: 'usual' } as const
const signUp = { ...usual, section: 'sign-up', path: `${path}/sign-up`, lead: 'withToken' } as const
const email = { ...usual, section: 'email', path: `${path}/email`, lead: 'on' } as const
const oidc = { ...usual, section: 'oidc', path: `${path}/oidc`, lead: 'off' } as const
const server = { smtpHost: 'mail.example.com', smtpFrom: 'login@example.com', smtpUser: 'login', smtpTls: 'tls' }

export const settingsStates: Readonly<Record<string, PageModel>> = {
  'settings-general': { ...general, notice: 'saved', groups: groupsOf('general') },
  'settings-general-refused': {
    ...general,
    groups: groupsOf('general', {
      values: { appName: '', sessionDuration: 'an hour', accentColor: 'a nice green' },
      locked: { homePageUrl: 'HOME_PAGE_URL', allowOwnAccountEdit: 'ALLOW_OWN_ACCOUNT_EDIT' },
    }),
    problems: [
      { field: 'appName', code: 'required', message: 'is required' },
      { field: 'accentColor', code: 'invalid_format', message: 'must be a colour' },
      { field: 'sessionDuration', code: 'out_of_range', message: 'must be a number' },
    ],
  },
  'settings-sign-up': {
    ...signUp,
    groups: groupsOf('sign-up', {
      values: {
        allowUserSignups: 'withToken',
        signupDefaultUserGroupIDs: '["family"]',
        signupDefaultCustomClaims: 'plan = free\nquota = 5 GB',
      },
    }),
    userGroups: {
      offered: [
        { id: 'family', name: 'Family' },
        { id: 'friends', name: 'Friends of the house who come by every now and then' },
      ],
      more: 12,
    },
    conflict: [
      { field: 'allowUserSignups', stored: 'open' },
      { field: 'signUpApproval', stored: 'true' },
      { field: 'signupDefaultUserGroupIDs', stored: '["friends"]' },
    ],
  },
  'settings-email-off': { ...email, lead: 'off', groups: groupsOf('email') },
  'settings-email-test-failed': {
    ...email,
    groups: groupsOf('email', { values: server, locked: { smtpHost: 'SMTP_HOST', smtpPassword: 'SMTP_PASSWORD' } }),
    test: {
      outcome: 'failed',
      address: 'anna@example.com',
      answer: 'Invalid login: 535 5.7.8 Error: authentication failed',
    },
  },
  'settings-email-tested': {
    ...email,
    groups: groupsOf('email', { values: server }),
    test: { outcome: 'sent', address: 'anna@example.com', answer: '' },
  },
  'settings-oidc': {
    ...oidc,
    groups: groupsOf('oidc', {
      values: { webFingerDomains: 'example.com\nno domain', cimdUrlAllowlist: 'https://*.example.com/*' },
    }),
    problems: [{ field: 'webFingerDomains[1]', code: 'invalid_format', message: 'must be the name of a domain' }],
  },
  'settings-all-locked': {
    ...oidc,
    uiConfigDisabled: true,
    groups: groupsOf('oidc', {
      locked: {
        dynamicRegistration: 'UI_CONFIG_DISABLED',
        dynamicRegistrationRestricted: 'UI_CONFIG_DISABLED',
        unusedClientDays: 'UI_CONFIG_DISABLED',
        cimdUrlAllowlist: 'UI_CONFIG_DISABLED',
        webFingerDomains: 'UI_CONFIG_DISABLED',
      },
    }),
  },
}
