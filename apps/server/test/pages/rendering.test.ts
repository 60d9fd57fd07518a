import { createHash } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from '@jest/globals'
import { ceremonyErrorCodes } from '@pocket/core/browser'
import { errorCodes } from '@pocket/core/errors'
import { shareBetweenTests } from '@pocket/test-support'
import { selectCatalog } from '../../src/http/catalogs.ts'
import { showLanguageMarks } from '../../src/http/language-marks.ts'
import { createMessages, loadMessages, parseCatalog } from '../../src/http/messages.ts'
import { createTemplates } from '../../src/http/page.ts'
import { startPageServer } from './page-server.ts'
import { pageStates } from './page-states.ts'
import { now } from './states/common.ts'

const server = new URL('../../', import.meta.url)
const catalog = fileURLToPath(new URL('locales/en.json', server))
const pages = shareBetweenTests(() => startPageServer())

test('isolates URLs and paths in right-to-left sentences of pages only', () => {
  const messages = createMessages({
    language: 'ar',
    hint: '26\u200f/08\u200f/2025 مثل https://*.example.com/*. أو /.well-known/x {path}.',
  })
  expect(messages.marked.text('hint', { path: '/a' })).toBe(
    '26\u200f/08\u200f/2025 مثل \u2066https://*.example.com/*\u2069. أو \u2066/.well-known/x\u2069 \u2066/a\u2069.',
  )
  expect(messages.text('hint', { path: '/a' })).not.toContain('\u2066')
})

test.each([
  ['user', 'Bilal Mansour'],
  ['user-security', 'Security · Bilal Mansour'],
  ['group-settings', 'Settings · The family'],
  ['api-page-clients', 'Clients · Photos'],
  ['client-access', 'Access · Immich'],
])('the title of %s names the tab', async (name, title) => {
  const page = pageStates[name]
  expect(page && (await pages.render(page))).toContain(`<title>${title} · Pocket ID</title>`)
})

test.each([
  ['invitations', 'hour: 1 hour, day: 1 day, week: 1 week, month: 31 days'],
  ['api-keys', 'week: 7 days, month: 30 days, quarter: 90 days, year: 1 year'],
  ['user-security', '15m: 15 minutes, 1h: 1 hour, 24h: 1 day, 168h: 7 days, 720h: 30 days'],
  ['client-dsm', 'forever: unlimited, year: 1 year, halfYear: 6 months, month: 1 month'],
])('the page %s names the lifetimes to choose from', async (name, lifetimes) => {
  const page = pageStates[name]
  const html = page && (await pages.render(page))
  const [, options = ''] = /<select[^>]*name="lifetime"[^>]*>(.*?)<\/select>/s.exec(html ?? '') ?? []
  const names = [...options.matchAll(/value="(\w+)"[^>]*>([^<]*)</g)].map(([, value, text]) => `${value}: ${text}`)
  expect(names.join(', ')).toBe(lifetimes)
})

test('lists on the consent page and of a user are separated by the rules of the language', async () => {
  const { consent, 'user-security': user } = pageStates
  if (consent?.view !== 'consent' || user?.view !== 'user') throw new Error('There are no such states.')
  expect(await pages.render({ ...consent, languages: ['ja'] })).toContain('<dd>family、photos</dd>')
  const ofUser = await pages.render({ ...user, viewer: { ...user.viewer, locale: 'ar' } })
  expect(ofUser).toMatch(/: \d، استُخدم/)
})

test('an outcome names a passkey with the default name once', async () => {
  const state = pageStates['user-security']
  if (state?.view !== 'user') throw new Error('There is no such state.')
  const outcomes = ['Passkey', 'iPhone'].map(async (name) => {
    const html = await pages.render({ ...state, notice: { done: 'passkey_removed', name } })
    return /data-outcome>.*?<p>(.*?)<\/p>/s.exec(html)?.[1]?.replaceAll(/<[^>]+>/g, '')
  })
  expect(await Promise.all(outcomes)).toEqual(['Removed: Passkey', 'Removed: Passkey · iPhone'])
})

test('each fact of a person who waits for approval keeps its place in a right-to-left line', async () => {
  const { approvals } = pageStates
  if (approvals?.view !== 'approvals') throw new Error('There is no such state.')
  const html = await pages.render(approvals)
  expect(html).toContain('<bdi>bob@example.com</bdi> · <bdi>bob</bdi> · <bdi>')
})

const renderState = async (name: string) => {
  const page = pageStates[name]
  if (page === undefined) throw new Error(`There is no state ${name}.`)
  return pages.render(page)
}

test('lists of names are sorted and separated by the rules of the language', async () => {
  const { users } = pageStates
  if (users?.view !== 'users') throw new Error('The state shows another page.')
  const [user] = users.users
  if (user === undefined) throw new Error('The page has no user.')
  const groups = ['Zebra', 'Ärzte', 'berry']
  const titles = ['en', 'sv', 'ar', 'ja', 'zh-Hant'].map(async (locale) => {
    const page = { ...users, viewer: { ...users.viewer, locale }, users: [{ ...user, groups }] }
    return /class="several" title="([^"]*)"/.exec(await pages.render(page))?.[1]
  })
  expect(await Promise.all(titles)).toEqual([
    'Ärzte, berry, Zebra',
    'berry, Zebra, Ärzte',
    'Ärzte، berry، Zebra',
    'Ärzte、berry、Zebra',
    'Ärzte、berry、Zebra',
  ])
})

test('no page joins names with a fixed comma', async () => {
  const folders = ['views/pages', 'views/partials', 'web']
  const files = await Promise.all(
    folders.map(async (folder) =>
      (await readdir(new URL(folder, server), { withFileTypes: true }))
        .filter((entry) => entry.isFile())
        .map(({ name }) => `${folder}/${name}`),
    ),
  )
  const joining = files.flat().map(async (file) => {
    const text = await readFile(new URL(file, server), 'utf8')
    return text.includes(`join(', ')`) || text.includes('%>, <%') ? [file] : []
  })
  expect((await Promise.all(joining)).flat()).toEqual([])
})

test('pages choose users, groups, clients and APIs in pickers, never with check boxes', async () => {
  const htmls = await Promise.all(Object.keys(pageStates).map(renderState))
  const namesIn = (pattern: RegExp) =>
    new Set(htmls.flatMap((html) => [...html.matchAll(pattern)].map(([, name]) => name)))
  const picked = namesIn(/data-picker="[^"]*" data-field="([^"]*)"/g)
  const checked = namesIn(/<input(?=[^>]* type="checkbox")[^>]* name="([^"]*)"/g)
  expect([...picked].sort()).toEqual([
    ...['api', 'choices', 'client', 'clientPermissionIds', 'clients', 'filters[userID]', 'groups'],
    ...['signupDefaultUserGroupIDs', 'user', 'userDelegatedPermissionIds', 'userGroupIds', 'users'],
  ])
  expect([...picked].filter((name) => checked.has(name))).toEqual([])
  expect(await renderState('choose')).not.toContain('type="checkbox"')
})

test('an API without permissions shows one button that adds a permission', async () => {
  expect((await renderState('api-page-new')).match(/>Add permission</g)).toHaveLength(1)
})

test('the settings start with the commonest', async () => {
  const orders = [
    'settings-general',
    'settings-sign-up',
    'settings-email-off',
    'settings-ldap-filled',
    'settings-oidc',
  ].map(async (name) => [...(await renderState(name)).matchAll(/<h2 id="g-(\w+)"/g)].map(([, group]) => group))
  expect(await Promise.all(orders)).toEqual([
    ['instance', 'appearance', 'sessions', 'accounts', 'recovery', 'records'],
    ['signUp', 'newUsers'],
    ['server', 'sent'],
    ['ldapServer', 'ldapPeople', 'ldapGroups', 'ldapMissingUsers'],
    ['newClients', 'registration', 'documents', 'discovery'],
  ])
})

test('only settings that a feature works without are optional', async () => {
  const optionalLabels = async (name: string) => [
    ...(await renderState(name)).matchAll(/<label for="f-(\w+)"[^>]*>[^<]* <span class="optional">/g),
  ]
  expect((await optionalLabels('settings-email-off')).map(([, key]) => key)).toEqual([
    'smtpPort',
    'smtpUser',
    'smtpPassword',
  ])
  expect((await optionalLabels('settings-ldap-filled')).map(([, key]) => key)).toEqual([
    ...['ldapCaCertificate', 'ldapUserSearchFilter', 'ldapAttributeUserDisplayName', 'ldapAttributeUserProfilePicture'],
    ...['ldapUserGroupSearchFilter', 'ldapAttributeGroupMember', 'ldapAdminGroupName'],
  ])
})

describe('templates', () => {
  test('each have a state', async () => {
    const templates = await readdir(fileURLToPath(new URL('../../views/pages', import.meta.url)))
    const views = new Set(Object.values(pageStates).map(({ view }) => `${view}.ejs`))
    expect(templates.toSorted()).toEqual([...views].sort())
  })

  test('escape all output, and contain no inline script, style or handler', async () => {
    const views = fileURLToPath(new URL('views/', server))
    const names = (await readdir(views, { recursive: true })).filter((name) => name.endsWith('.ejs'))
    expect(names.length).toBeGreaterThan(20)
    for (const name of names) {
      const text = await readFile(`${views}${name}`, 'utf8')
      expect([name, text.match(/<%-(?! (?:include|icon)\()/)]).toEqual([name, null])
      // E-mail clients load no style sheet, so an e-mail contains its own.
      if (name.startsWith('emails/')) expect([name, text.match(/<script|\son[a-z]+=/)]).toEqual([name, null])
      else expect([name, text.match(/<style|\sstyle=|\son[a-z]+=|<script(?! type="module" src)/)]).toEqual([name, null])
    }
  })

  test('show a page with centered content only after its last element', async () => {
    const html = pageStates.consent && (await pages.render(pageStates.consent))
    expect(html).toContain('<link rel="expect" href="#end" blocking="render">')
    expect(html).toMatch(/<div id="end" hidden><\/div>\s*<\/body>/)
  })

  test('are compiled once', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'views-'))
    await writeFile(join(folder, 'each.ejs'), 'first <%= page %>')
    const render = createTemplates(folder, ['page'])
    expect(await render('each', { page: 1 })).toBe('first 1')
    await writeFile(join(folder, 'each.ejs'), 'second <%= page %>')
    expect(await render('each', { page: 2 })).toBe('first 2')
    await rm(folder, { recursive: true })
  })

  test.each(Object.keys(pageStates))(
    'render %s completely: one layout, one heading, one save bar at most, the language and the theme',
    async (name) => {
      const state = pageStates[name]
      if (state === undefined) throw new Error('There is no such state.')
      const html = await pages.render(state)
      const count = (pattern: RegExp) => html.match(pattern)?.length ?? 0
      expect(html.trimStart().split('\n', 2)).toEqual(['<!doctype html>', '<html lang="en" dir="ltr">'])
      expect([count(/<title>[^<]+ · Pocket ID<\/title>/g), count(/<main/g), count(/<h1/g), count(/<\/html>/g)]).toEqual(
        [1, 1, 1, 1],
      )
      expect(count(/class="savebar"/g)).toBeLessThanOrEqual(1)
      // The profile also contains the theme.
      const themes = state.view === 'account' ? 2 : 1
      const language = count(/name="language" value="ar"/g)
      expect([language, count(/name="theme" value="dark"/g), count(/action="\/preferences"/g)]).toEqual([
        1,
        themes,
        themes,
      ])
    },
  )

  test('show a hostile name as text', async () => {
    const hostile = '"><script>alert(1)</script>'
    const state = pageStates['sign-in-to-client']
    if (state?.view !== 'sign-in') throw new Error('The state shows another page.')
    const html = await pages.render({ ...state, client: { id: 'x', name: hostile, destination: hostile } })
    expect(html).toContain('&lt;script&gt;alert(1)')
    expect(html).not.toContain('<script>')
  })

  test('say “now” instead of “0 seconds ago” and “in 0 seconds”', async () => {
    const { jobs } = pageStates
    if (jobs?.view !== 'jobs') throw new Error('The state shows another page.')
    const lastRun = { outcome: 'succeeded', finishedAt: now - 999, took: 1, error: null } as const
    const listed = jobs.jobs.slice(0, 1).map((job) => ({ ...job, lastRun, nextRunAt: now - 1 }))
    const html = await pages.render({ ...jobs, jobs: listed })
    expect([html.includes('Last run: </span><span>now'), html.includes('Next run: now')]).toEqual([true, true])
    expect(html).not.toContain('0 seconds')
  })

  test('label the details of every audit event', async () => {
    const auditLog = pageStates['audit-log-all']
    if (auditLog?.view !== 'audit-log-all') throw new Error('The state shows another page.')
    const types = await readFile(new URL('../../packages/core/src/audit/events.ts', server), 'utf8')
    const fields = new Set([...types.matchAll(/(\w+)\??: /g)].map(([, name = '']) => name))
    // The summary of the entry contains these.
    for (const name of ['accountId', 'by', 'code', 'event', 'job', 'passkeyName', 'deviceAddress', 'origin', 'changes'])
      fields.delete(name)
    expect(fields.size).toBeGreaterThan(20)
    const [line] = auditLog.lines
    if (line === undefined) throw new Error('The state has no line.')
    const details = [...fields].map((name) => ({ name, value: 'x' }))
    const html = await pages.render({ ...auditLog, lines: [{ ...line, details }] })
    expect(html.match(/<dt><code>\w+/g)).toBeNull()
  })

  test('explain an LDAP failure in words, next to the technical text', async () => {
    const [ldap, jobs, auditLog] = [pageStates['ldap-failed'], pageStates.jobs, pageStates['audit-log-all']]
    if (ldap === undefined || jobs?.view !== 'jobs' || auditLog?.view !== 'audit-log-all')
      throw new Error('The states show other pages.')
    expect(await pages.render(ldap)).toMatch(/isn’t trusted.*ldap_certificate_untrusted · SELF_SIGNED_CERT_IN_CHAIN/s)
    const [job] = jobs.jobs
    if (job === undefined) throw new Error('The state has no job.')
    const error = 'The LDAP directory could not be read: ldap_unreachable, step connect, system ECONNREFUSED'
    const lastRun = { outcome: 'failed', finishedAt: 0, took: 1, error } as const
    const html = await pages.render({ ...jobs, jobs: [{ ...job, lastRun }] })
    expect(html).toContain('No server responds there.')
    expect(html).toContain(error)
    const [line] = auditLog.lines
    if (line === undefined) throw new Error('The state has no line.')
    const subjects = [{ kind: 'reason', name: 'ldap_unreachable', href: null }] as const
    const entry = { ...line, event: 'LDAP_SYNC_FAILED', subjects }
    expect(await pages.render({ ...auditLog, lines: [entry] })).toMatch(
      /LDAP import failed.{0,60}No server responds there/,
    )
  })

  test('request the permissions of an API by name, and describe them', async () => {
    const state = pageStates['consent-apis']
    if (state === undefined) throw new Error('There is no such state.')
    const html = await pages.render(state)
    for (const shown of [
      'On your behalf, at Photos',
      'https://photos.example.com/api',
      'See photos',
      'with its place and time',
    ])
      expect(html).toContain(shown)
    expect(html).toMatch(/Add photos<\/dt><dd>photos:write/)
    expect(html).not.toContain('nothing but a number')
  })

  const shown: [string, readonly string[], readonly string[]][] = [
    [
      'consent',
      [
        'Let Immich know who you are?',
        'Anna Koch',
        'anna@example.com verified',
        'family, photos',
        'Also while you’re away',
        'Run by The platform team.',
        'You’ll be sent to photos.example.com.',
      ],
      ['/interaction/1/consent', '/interaction/1/switch', '/interaction/1/cancel'],
    ],
    [
      'consent-again',
      [
        'You’ve allowed Immich before. This time it will receive:',
        'Name Anna Koch E-mail anna@example.com verified new',
        'Photography new',
        'See photos photos:read Add photos photos:write new',
        'On your behalf, at Weather new',
      ],
      [],
    ],
    [
      'consent-continue',
      ['Continue to Immich?', 'on this device just now', 'You’ll be sent to app.immich.', 'Continue as Anna Koch'],
      ['/interaction/1/consent', '/interaction/1/switch', '/interaction/1/cancel'],
    ],
    [
      'error-missing',
      ['The application sent no callback URL', 'Show the details to the operator of the application.'],
      [],
    ],
    [
      'sign-out-of-client',
      ['Immich asks to end your session here as well.', 'Sign out Stay signed in'],
      ['/end-session/confirm'],
    ],
    [
      'not-allowed',
      [
        'You don’t have access to Synology DSM',
        'You’re signed in as anna, who is in none of the groups that can use Synology DSM. Ask the administrator of',
      ],
      ['/cancel', '/switch'],
    ],
    [
      'error-redirect-uri',
      [
        'Received callback URL https://nas.example.com:5001/#/signin',
        'Registered callback URLs https://nas.example.com:5001 ',
        'redirect_uri must not contain fragments',
        '0b3f6c1e-8f2a-4d6b-9a55-2f1d6f0f8a11',
      ],
      [],
    ],
    [
      'client-settings',
      [
        'https://*.example.com/auth/login allows every host of this domain, and so anyone who controls one.',
        '* is ignored: it allows any address.',
      ],
      [],
    ],
  ]

  test.each(shown)(
    'of %s show the facts for a decision, and link only to allowed pages',
    async (name, texts, actions) => {
      const state = pageStates[name]
      if (state === undefined) throw new Error('There is no such state.')
      const html = await pages.render(state)
      const text = html
        .replaceAll('<wbr>', '')
        .replaceAll(/<[^>]*>/g, ' ')
        .replaceAll(/\s+/g, ' ')
        .replaceAll(/ (?=[.,])/g, '')
      for (const each of texts) expect(text).toContain(each)
      for (const action of actions) expect(html).toContain(`method="post" action="${action}"`)
    },
  )

  test('use the first supported language that the client requested', async () => {
    const english = parseCatalog(await readFile(catalog, 'utf8'), catalog)
    const signedOut = { title: 'Du bist abgemeldet', text: 'Bis bald', signIn: 'Anmelden' }
    const both = [english, Object.assign({}, english, { language: 'de', signedOut })].map((each) => {
      const messages = createMessages(each)
      return { language: messages.language, messages: () => messages }
    })
    await using bilingual = await startPageServer(selectCatalog(both))
    const page = { view: 'signed-out', client: null } as const
    const texts = await Promise.all(
      [['fr', 'de-AT'], ['en', 'de'], [], undefined].map((languages) =>
        bilingual.render({ ...page, ...(languages && { languages }) }),
      ),
    )
    expect(texts.map((html) => /<html lang="(..)"/.exec(html)?.[1])).toEqual(['de', 'en', 'en', 'en'])
    expect(texts[0]).toContain('Du bist abgemeldet')
  })

  test('mark English text in a page of another language, but not in attributes and titles', async () => {
    const english = parseCatalog(await readFile(catalog, 'utf8'), catalog)
    const messages = createMessages({ language: 'ar', signedOut: { title: 'خرجت' } }, english)
    await using arabic = await startPageServer(
      selectCatalog([
        { language: 'en', messages: () => createMessages(english) },
        { language: 'ar', messages: () => messages },
      ]),
    )
    const html = await arabic.render({ view: 'signed-out', client: null, languages: ['ar'] })
    expect(html).toContain('<html lang="ar" dir="rtl">')
    expect(html).toMatch(/<h1[^>]*>خرجت<\/h1>/)
    expect(html).toContain('<span lang="en" dir="ltr">Sign in again</span>')
    expect(html).toContain('aria-label="Language and theme"')
    expect(html).not.toMatch(/[\uFDD0\uFDD1]/)
  })

  test('accept no EJS option from page data', async () => {
    const state = pageStates['signed-out']
    if (state?.view !== 'signed-out') throw new Error('The state shows another page.')
    const html = await pages.render(Object.assign({}, state, { outputFunctionName: 'x;throw 1;y', client: null }))
    expect(html).toContain('You’re signed out')
  })
})

describe('the catalog', () => {
  test('has a title for every error code', async () => {
    const messages = await loadMessages(catalog)
    expect(errorCodes.filter((code) => !messages.has(`errors.${code}.title`))).toEqual([])
  })

  test('throws if a message or a value is missing', () => {
    const messages = createMessages({ language: 'en', hello: 'Hello {name}' })
    expect(messages.text('hello', { name: 'Anna' })).toBe('Hello Anna')
    expect(() => messages.text('hello')).toThrow('needs the value {name}')
    expect(() => messages.text('goodbye')).toThrow('There is no message goodbye.')
    expect(() => createMessages({ language: 'en', number: 1 })).toThrow('at number')
  })

  test('isolates values from the surrounding text', () => {
    const messages = createMessages({ language: 'en', sent: 'To {host}.' })
    expect(messages.parts('sent', { host: '{host}' })).toEqual([
      { text: 'To ', isValue: false },
      { text: '{host}', isValue: true, name: 'host' },
      { text: '.', isValue: false },
    ])
  })

  test('uses one translation for messages that are the same in English, unless they have another', () => {
    const english = { language: 'en', a: 'Groups', b: 'Groups', c: 'Groups', d_one: 'Groups', d_other: 'Groups' }
    const messages = createMessages({ language: 'de', a: 'Gruppen', c: 'Kreise' }, english)
    expect([messages.text('b'), messages.text('c'), messages.has('b')]).toEqual(['Gruppen', 'Kreise', true])
    expect(messages.marked.text('b')).toBe('Gruppen')
    expect(messages.plural('d', { count: 2 })).toBe('Groups')
  })

  test('uses English for messages that a language lacks', () => {
    const english = { language: 'en', hello: 'Hello {name}', keys_one: 'One key', keys_other: '{count} keys' }
    const messages = createMessages({ language: 'de', hello: 'Hallo {name}' }, { ...english, bye: 'Bye' })
    expect([messages.text('hello', { name: 'Ada' }), messages.text('bye'), messages.has('bye')]).toEqual([
      'Hallo Ada',
      'Bye',
      true,
    ])
    expect([1, 2].map((count) => messages.plural('keys', { count }))).toEqual(['One key', '2 keys'])
    expect(() => messages.text('nothing')).toThrow('nothing')
  })

  test('marks English text for markup, once', () => {
    const english = { language: 'en', hello: 'Hello {name}', bye: 'Bye', area: { first: 'First', second: 'Second' } }
    const { marked } = createMessages({ language: 'de', bye: 'Tschüss', area: { second: 'Zweite' } }, english)
    const name = marked.below('area').first ?? ''
    expect(showLanguageMarks(`<p title="${name}">${marked.text('hello', { name })}</p>`)).toBe(
      '<p title="First"><span lang="en" dir="ltr">Hello First</span></p>',
    )
    expect(showLanguageMarks(marked.text('bye') + marked.below('area').second)).toBe('TschüssZweite')
    const parts = marked.parts('hello', { name: 'Ada' }).map(({ text }) => text)
    expect(showLanguageMarks(parts.join(''))).toBe('<span lang="en" dir="ltr">Hello </span>Ada')
    expect(showLanguageMarks(`<option value="">${name}</option><title>${name} · Pocket</title>`)).toBe(
      '<option value="" lang="en">First</option><title>First · Pocket</title>',
    )
  })

  test('marks words that are the same as in English in a language of another script', () => {
    const english = { language: 'en', secret: 'Application secret', counted: '{label}: {count}', none: '–' }
    const shown = (language: string) => {
      const { marked } = createMessages({ ...english, language }, english)
      const texts = [marked.text('secret'), marked.text('counted', { label: 'س', count: 2 }), marked.text('none')]
      return texts.map(showLanguageMarks)
    }
    expect(shown('ja')).toEqual(['<span lang="en" dir="ltr">Application secret</span>', '\u2068س\u2069: 2', '–'])
    expect(shown('de')).toEqual(['Application secret', '\u2068س\u2069: 2', '–'])
  })

  test('selects the plural form of its language', () => {
    const messages = createMessages({
      language: 'pl',
      keys_one: '{count} klucz',
      keys_few: '{count} klucze',
      keys_many: '{count} kluczy',
      keys_other: '{count} klucza',
    })
    expect([1, 3, 5].map((count) => messages.plural('keys', { count }))).toEqual(['1 klucz', '3 klucze', '5 kluczy'])
  })

  test('puts a count after its label as its language does', () => {
    const messages = createMessages({ language: 'fr', keys: 'Clés', 'frame.counted': '{label} : {count}' })
    expect(messages.counted('keys', 1234)).toBe('Clés : 1\u202f234')
  })
})

describe('assets', () => {
  const stylesheet = async () => {
    const html = await pages.render({ view: 'signed-out', client: null })
    const [, path = ''] = /href="(\/assets\/pocket\.[^"]+)"/.exec(html) ?? []
    return `${pages.origin}${path}`
  }

  test.each([
    ['br', 'br'],
    ['gzip', 'gzip'],
    ['gzip;q=0.5, br;q=0', 'gzip'],
    ['identity', null],
  ])('are sent to a browser that accepts %s as %s', async (accepted, sent) => {
    const response = await fetch(await stylesheet(), { headers: { 'accept-encoding': accepted } })
    expect(response.status).toBe(200)
    expect(response.headers.get('content-encoding')).toBe(sent)
    expect(response.headers.get('content-type')).toBe('text/css; charset=utf-8')
    expect(response.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
    expect(response.headers.get('vary')).toBe('Accept-Encoding')
    const text = await response.text()
    expect(text).toContain('@layer')
    // A permanently cached file gets another URL when its content changes.
    const hash = createHash('sha256').update(text).digest('base64url').slice(0, 10)
    expect(new URL(response.url).pathname).toBe(`/assets/pocket.${hash}.css`)
  })

  test('are not sent again if the browser has cached them', async () => {
    const url = await stylesheet()
    const etag = (await fetch(url)).headers.get('etag') ?? ''
    const again = await fetch(url, { headers: { 'if-none-match': etag, 'cache-control': 'max-age=0' } })
    expect(again.status).toBe(304)
    expect(await again.text()).toBe('')
  })

  test('respond to HEAD without a body', async () => {
    const response = await fetch(await stylesheet(), { method: 'HEAD' })
    expect([response.status, await response.text()]).toEqual([200, ''])
  })

  test.each(['/assets/manifest.json', '/assets/pocket.css', '/assets/../../package.json', '/assets/'])(
    'are only those of the manifest: %s',
    async (path) => {
      const { status } = await fetch(`${pages.origin}${path}`)
      expect(status).toBe(404)
    },
  )
})

test('every cause of a failed ceremony has a sentence, for signing in and for creating a passkey', async () => {
  const messages = await loadMessages(catalog)
  const [ceremony, registration] = [messages.below('ceremony'), messages.below('registration')]
  for (const reason of ceremonyErrorCodes)
    expect([reason, ceremony[reason]]).toEqual([reason, expect.stringMatching(/\S/)])
  // The sentences for creating a passkey do not mention the use of one.
  for (const reason of ['canceled', 'none_here'] as const) expect(registration[reason]).not.toBe(ceremony[reason])
})
