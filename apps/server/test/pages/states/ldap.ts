import { ldapPresets } from '@pocket/directory'
import { emptyLdapCounts } from '@pocket/directory/internal'
import type { PageModel } from '../../../src/http/page-models.ts'
import type { LdapRun, PlanSummary } from '../../../src/ldap/ldap-run.ts'
import type { LdapPage } from '../../../src/ldap/page-model.ts'
import { anna, day, now } from './common.ts'

const run: LdapRun = {
  id: '5f0c2a53-2a3e-4c8e-9a62-0a54f1b6f9d1',
  trigger: 'job',
  outcome: 'succeeded',
  startedAt: now - 1_203_000,
  finishedAt: now - 1_200_000,
  code: null,
  details: {},
  found: { people: 248, groups: 31 },
  counts: emptyLdapCounts,
  problems: [],
  problemCount: 0,
  plan: null,
  losses: null,
  settingsHash: '',
}

const line = (name: string, changes: PlanSummary['created'][number]['changes'] = {}, userId: string | null = null) => ({
  name,
  userId,
  changes,
})

const plan: PlanSummary = {
  created: ['Ada Lovelace (ada)', 'Grace Brewster Murray Hopper (grace)', 'שרה כהן (sarah)'].map((name) => line(name)),
  changed: [
    line(
      'Bob Example',
      {
        email: { before: 'bob@old.example', after: 'robert.example.the.third@subsidiary.example.com' },
        administrator: { before: false, after: true },
      },
      run.id,
    ),
  ],
  disabled: [line('Carol Example', {}, run.id)],
  enabled: [],
  removed: [],
  groupsCreated: [line('staff'), line('guests-of-the-house')],
  groupsChanged: [line('crew', { name: { before: 'crew', after: 'team' } })],
  groupsRemoved: [line('old-project')],
  members: [line('staff', { members: { before: 2, after: 14 } })],
}

const problems: LdapRun['problems'] = [
  {
    dn: 'uid=eve,ou=people,dc=example,dc=com',
    id: 'a',
    code: 'user_name_taken',
    detail: 'eve',
    conflictingUser: { userId: run.id, userName: 'eve' },
  },
  {
    dn: 'CN=Somebody With A Very Long Name,OU=Contractors,OU=Subsidiary,OU=People,DC=corporate,DC=example,DC=com',
    id: 'b',
    code: 'user_invalid',
    detail: 'username: invalid_format; email: too_long',
    conflictingUser: null,
  },
]

const losses = {
  people: { lost: 212, of: 248 },
  groups: { lost: 0, of: 31 },
  memberships: { lost: 640, of: 700 },
  asks: true,
  digest: 'x',
}

const dry: LdapRun = {
  ...run,
  id: '6f0c2a53-2a3e-4c8e-9a62-0a54f1b6f9d1',
  trigger: 'page',
  outcome: 'dry',
  counts: {
    ...emptyLdapCounts,
    created: 205,
    changed: 1,
    disabled: 1,
    groupsCreated: 2,
    groupsChanged: 1,
    groupsRemoved: 1,
    membersAdded: 14,
    membersRemoved: 2,
  },
  plan,
  problems,
  problemCount: 240,
}
const failed: LdapRun = {
  ...run,
  id: '7f0c2a53-2a3e-4c8e-9a62-0a54f1b6f9d1',
  outcome: 'failed',
  found: null,
  startedAt: now - day,
  finishedAt: now - day + 10_000,
  code: 'ldap_certificate_untrusted',
  details: { step: 'tls', system: 'SELF_SIGNED_CERT_IN_CHAIN' },
}
const waiting: LdapRun = { ...dry, trigger: 'job', outcome: 'waiting', losses, problems: [], problemCount: 0 }
const first: LdapRun = { ...waiting, losses: { ...losses, asks: false } }

const page: LdapPage = {
  view: 'ldap',
  viewer: anna,
  state: 'on',
  needsDryRun: false,
  status: 'on',
  runs: [],
  shown: null,
  waiting: null,
  connection: null,
  sample: null,
  problem: null,
  link: { user: '', entry: '' },
  linkGroup: { group: '', entry: '' },
  notice: null,
}

export const presets = {
  offered: ldapPresets.map(({ id, name }) => ({ id, name })),
  chosen: null,
}

export const ldapStates: Readonly<Record<string, PageModel>> = {
  'ldap-first': { ...page, needsDryRun: true, status: 'first', problem: 'ldap_dry_run_needed' },
  'ldap-dry': {
    ...page,
    state: 'off',
    status: 'off',
    needsDryRun: false,
    runs: [dry],
    shown: dry,
    notice: { done: 'dry' },
  },
  'ldap-run': {
    ...page,
    runs: [run, failed, dry],
    shown: run,
    notice: { done: 'linked', userName: 'eve', dn: 'uid=eve,ou=people,dc=example,dc=com' },
  },
  'ldap-waiting-first': { ...page, status: 'first', runs: [first], shown: first, waiting: first },
  'ldap-waiting': { ...page, status: 'waiting', runs: [waiting, run, failed], shown: waiting, waiting },
  'ldap-failed': {
    ...page,
    status: 'failed',
    runs: [failed],
    shown: failed,
    connection: {
      steps: [
        { step: 'resolve', outcome: 'done' },
        { step: 'connect', outcome: 'done' },
        { step: 'tls', outcome: 'failed' },
        { step: 'bind', outcome: 'open' },
        { step: 'base', outcome: 'open' },
      ],
      failure: { code: 'ldap_certificate_untrusted', details: { system: 'SELF_SIGNED_CERT_IN_CHAIN' } },
      isPrivate: true,
    },
  },
  'ldap-search': {
    ...page,
    connection: {
      steps: [
        { step: 'connect', outcome: 'done' },
        { step: 'bind', outcome: 'done' },
      ],
      failure: null,
      isPrivate: false,
    },
    sample: {
      people: [
        {
          dn: 'uid=ada,ou=people,dc=example,dc=com',
          id: 'a',
          userName: 'ada',
          displayName: 'Ada Lovelace',
          email: 'ada@example.com',
        },
        { dn: 'uid=bob,ou=people,dc=example,dc=com', id: 'b' },
      ],
      groups: [{ dn: 'cn=staff,ou=groups,dc=example,dc=com', id: 'c', name: 'staff', members: 12 }],
      problems: [{ dn: 'uid=bob,ou=people,dc=example,dc=com', code: 'several_values', detail: 'mail' }],
    },
  },
}
