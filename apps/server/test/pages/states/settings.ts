import type { EmailItem } from '../../../src/email/page-model.ts'
import type { ListView } from '../../../src/http/list-view.ts'
import type { PageModel } from '../../../src/http/page-models.ts'
import {
  defaultValues,
  keysOf,
  type SectionName,
  type SettingKey,
  sections,
} from '../../../src/settings/definitions.ts'
import type { OidcPart, SettingsPage } from '../../../src/settings/pages/page-model.ts'
import { shownValue } from '../../../src/settings/pages/section-form.ts'
import { anna, day, now } from './common.ts'
import { presets } from './ldap.ts'
import { list } from './users.ts'

interface SettingsState {
  readonly values?: Partial<Record<SettingKey, string>>
  readonly locked?: Partial<Record<SettingKey, string>>
}

function groupsOf(section: SectionName, { values = {}, locked = {} }: SettingsState = {}): SettingsPage['groups'] {
  return sections[section].map(({ name, fields }) => ({
    name,
    fields: fields.map(({ key, control }) => ({
      key,
      control,
      value: values[key] ?? shownValue({ key, control }, defaultValues[key]),
      isSet: control.kind === 'secret' && section === 'email' && Object.keys(values).length > 0,
      locked: locked[key] ?? null,
    })),
  }))
}

const defaults = {
  statusAt: null,
  view: 'settings',
  viewer: anna,
  uiConfigDisabled: false,
  userGroups: [],
  problems: [],
  version: 'W/"x"',
  conflict: null,
  notice: null,
  images: [],
  oidc: null,
  presets: null,
  test: null,
} as const
const path = '/settings/admin/application-configuration'
const pocket = `data:image/svg+xml,${encodeURIComponent('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><circle cx="16" cy="16" r="14" fill="#0b8064"/></svg>')}`
const images: SettingsPage['images'] = [
  { name: 'logoLight', isOwn: true, address: pocket },
  { name: 'logoDark', isOwn: false, address: pocket },
  { name: 'email', isOwn: false, address: pocket },
  { name: 'background', isOwn: false, address: null },
  { name: 'favicon', isOwn: false, address: pocket },
  { name: 'default-profile-picture', isOwn: false, address: null },
]
const general = { ...defaults, images, section: 'general', path, status: 'default' } as const
const signUp = { ...defaults, section: 'sign-up', path: `${path}/sign-up`, status: 'withToken' } as const
const ldap = { ...defaults, presets, section: 'ldap', path: `${path}/ldap`, status: 'off' } as const
const email = {
  ...defaults,
  section: 'email',
  path: `${path}/email`,
  status: 'sent',
  statusAt: now - 3_600_000,
} as const
const kid = 'Zk1xq0Vw7cQ8hGm3nJ5pR2sT4uV6wX8yZ0aB1cD2eF3'
const oidcPart: OidcPart = {
  token: { description: '', uses: '1', lifetime: 'hour' },
  newToken: null,
  tokens: [],
  keys: [
    { kid, algorithm: 'RS256', status: 'current', since: now - 40 * day, until: now + 50 * day },
    { kid: kid.toLowerCase(), algorithm: 'RS256', status: 'next', since: now - 40 * day, until: now + 50 * day },
    { kid: kid.toUpperCase(), algorithm: 'RS256', status: 'previous', since: now - 12 * day, until: now + 18 * day },
    { kid: `E${kid.slice(1)}`, algorithm: 'EdDSA', status: 'current', since: now - 40 * day, until: now + 50 * day },
  ],
}
const oidc = { ...defaults, oidc: oidcPart, section: 'oidc', path: `${path}/oidc`, status: 'off' } as const
const server = { smtpHost: 'mail.example.com', smtpFrom: 'login@example.com', smtpUser: 'login', smtpTls: 'tls' }

const sent: EmailItem = {
  id: '0',
  kind: 'email-verification',
  recipient: 'anna@example.com',
  state: 'sent',
  attempts: 1,
  lastError: null,
  problem: null,
  nextAttemptAt: null,
  createdAt: now - 3_600_000,
  sentAt: now - 3_599_000,
}
const emailList: ListView = {
  ...list,
  path: '/settings/admin/emails',
  columns: [
    { name: 'recipient', href: '?sort%5Bcolumn%5D=recipient', sorted: null },
    { name: 'state', href: null, sorted: null },
    { name: 'created', href: '?sort%5Bcolumn%5D=createdAt', sorted: 'descending' },
    { name: 'kind', href: '?sort%5Bcolumn%5D=kind', sorted: null },
  ],
  choices: [{ name: 'kind', shown: true }],
  filters: [{ name: 'state', values: ['waiting', 'sent', 'failed'], chosen: '' }],
  applied: [{ name: 'search', value: 'an', without: '?' }],
  sorts: [{ column: 'createdAt', name: 'created' }],
  sort: { column: 'createdAt', descending: true },
  total: 4,
  page: 1,
  pages: 1,
  from: 1,
  to: 4,
  previous: null,
  next: null,
  last: null,
}

export const settingsStates: Readonly<Record<string, PageModel>> = {
  'settings-general': { ...general, notice: { done: 'saved', name: '' }, groups: groupsOf('general') },
  'settings-general-refused': {
    ...general,
    groups: groupsOf('general', {
      values: { appName: '', sessionDuration: 'an hour', accentColor: 'a nice green' },
      locked: { homePageUrl: 'HOME_PAGE_URL', allowOwnAccountEdit: 'ALLOW_OWN_ACCOUNT_EDIT' },
    }),
    problems: [
      { field: 'appName', code: 'required', message: 'is required' },
      { field: 'accentColor', code: 'invalid_format', message: 'must be a color' },
      { field: 'sessionDuration', code: 'out_of_range', message: 'must be a number' },
      { field: 'picture-background', code: 'file_type_not_supported', message: 'is of another kind' },
    ],
  },
  'settings-ldap-filled': {
    ...ldap,
    status: 'on',
    presets: { ...presets, chosen: 'Active Directory' },
    groups: groupsOf('ldap', {
      values: { ldapEnabled: 'true', ldapUrl: 'ldaps://dc1.example.com' },
      locked: { ldapBindDn: 'LDAP_BIND_DN', ldapBindPassword: 'LDAP_BIND_PASSWORD' },
    }),
    problems: [{ field: 'ldapCaCertificate', code: 'invalid_format', message: 'must be certificates in PEM' }],
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
    userGroups: [
      { id: 'family', name: 'Family', detail: '' },
      { id: 'friends', name: 'Friends of the house who come by every now and then', detail: '' },
    ],
    conflict: [
      { field: 'allowUserSignups', stored: 'open' },
      { field: 'signUpApproval', stored: 'true' },
      { field: 'signupDefaultUserGroupIDs', stored: '["friends"]' },
    ],
  },
  'settings-email-off': { ...email, status: 'off', groups: groupsOf('email') },
  'settings-email-test-failed': {
    ...email,
    status: 'failed',
    groups: groupsOf('email', { values: server, locked: { smtpHost: 'SMTP_HOST', smtpPassword: 'SMTP_PASSWORD' } }),
    test: {
      outcome: 'failed',
      address: 'anna@example.com',
      answer: 'EAUTH: Invalid login: 535 5.7.8 Error: authentication failed',
      problem: 'credentials',
    },
  },
  'settings-email-tested': {
    ...email,
    groups: groupsOf('email', { values: server }),
    test: { outcome: 'sent', address: 'anna@example.com', answer: '', problem: null },
  },
  'settings-oidc': {
    ...oidc,
    groups: groupsOf('oidc', {
      values: { webFingerDomains: 'example.com\nno domain', cimdUrlAllowlist: 'https://*.example.com/*' },
    }),
    problems: [{ field: 'webFingerDomains[1]', code: 'invalid_format', message: 'must be the name of a domain' }],
  },
  'settings-oidc-token': {
    ...oidc,
    status: 'with-token',
    groups: groupsOf('oidc', { values: { dynamicRegistration: 'with-token' } }),
    oidc: {
      ...oidcPart,
      newToken: { id: '1', token: 'iat_bGFuZ2VyIHRva2VuIGZ1ZXIgZWluIFByb2dyYW1t' },
      tokens: [
        {
          id: '1',
          description: 'The build server',
          usageLimit: 5,
          usageCount: 0,
          createdAt: now,
          expiresAt: now + day,
        },
        { id: '2', description: '', usageLimit: 1, usageCount: 1, createdAt: now - day, expiresAt: now + 3 * day },
      ],
    },
  },
  'settings-all-locked': {
    ...oidc,
    uiConfigDisabled: true,
    groups: groupsOf('oidc', {
      locked: Object.fromEntries(keysOf('oidc').map((key) => [key, 'UI_CONFIG_DISABLED'])),
    }),
  },
  emails: {
    view: 'emails',
    viewer: anna,
    failed: 2,
    notice: null,
    list: emailList,
    emails: [
      { ...sent, id: '1', state: 'waiting', attempts: 0, sentAt: null },
      {
        ...sent,
        id: '2',
        kind: 'new-sign-in',
        state: 'waiting',
        sentAt: null,
        nextAttemptAt: now + 3_600_000,
        lastError: 'connect ECONNREFUSED 192.0.2.25:465',
      },
      {
        ...sent,
        id: '3',
        kind: 'one-time-access',
        state: 'failed',
        sentAt: null,
        attempts: 9,
        recipient: 'somebody.with.quite.a.long.name@a-rather-long-subdomain.example.com',
        problem: 'recipient',
        lastError:
          "Can't send mail - all recipients were rejected: 550 5.1.1 <somebody>: Recipient address rejected: User unknown in virtual mailbox table",
      },
      { ...sent, id: '4', createdAt: now - 3 * day },
    ],
  },
  'emails-none': {
    view: 'emails',
    viewer: anna,
    failed: 0,
    notice: null,
    list: { ...emailList, applied: [], total: 0, pages: 1 },
    emails: [],
  },
}
