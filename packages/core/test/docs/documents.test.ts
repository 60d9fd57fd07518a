import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import type { AuditEvent, BeforeHookInputs } from '@pocket/core'
import { isInternal, publicApi } from '../package/public-api.ts'

const workspace = join(import.meta.dirname, '../../../..')
const readDocument = (path: string) => readFile(join(workspace, path), 'utf8')
const guides = (await readdir(join(workspace, 'docs/guides'))).map((name) => `docs/guides/${name}`)
const documents = [...guides, 'docs/README.md', 'README.md', 'packages/core/README.md', 'packages/directory/README.md']
const pages = ['tutorial', 'explanation', 'reference', 'decisions'].map(async (folder) =>
  (await readdir(join(workspace, 'docs', folder)))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${folder}/${name}`),
)
const linking = [
  ...documents,
  ...(await Promise.all(pages)).flat(),
  'ARCHITECTURE.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  'packages/api-client/README.md',
]
const examples = (await readdir(join(workspace, 'packages/core/examples'))).filter((name) => name.endsWith('.js'))

describe.each(documents)('%s', (path) => {
  test('contains the example programs unchanged', async () => {
    const text = await readDocument(path)
    for (const [, file = '', shown = ''] of text.matchAll(/<!-- (packages\/\S+) -->\n\n```\w+\n(.*?)```\n/gs))
      expect({ file, shown }).toEqual({ file, shown: await readDocument(file) })
  })
})

/** The anchors of the headings of a document, and those that it names itself. */
function findAnchors(text: string): readonly string[] {
  const headings = text.replaceAll(/^ *```.*?^ *```$/gms, '').matchAll(/^#+ (.+)$/gm)
  const slugs = Array.from(headings, ([, heading = '']) =>
    heading
      .replaceAll(/\]\([^)]*\)/g, '')
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}_ -]/gu, '')
      .replaceAll(' ', '-'),
  )
  return [...slugs, ...Array.from(text.matchAll(/<a id="([^"]+)"/g), ([, id = '']) => id)]
}

/** For each row of docs/reference/browsers.md, a pattern that the named test must contain. */
const evidence: Readonly<Record<string, RegExp>> = {
  'Sign-up and sign-in': /signs? up|cannot use passkeys/,
  'Autofill (conditional mediation)': /offers passkeys|passkey selected in the field/,
  'QR code from another device': /one device is approved and one is denied/,
  'Signal API': /signal|forgets a removed passkey/i,
  'Related origins': /at a related origin/,
  Attestation: /attestation/,
  'Login code, pages, layout': /fits into 320 pixels|login code/i,
  'Keyboard alone': /keyboard\.press|with the keyboard/,
  'Accessibility tree': /Accessibility\.getFullAXTree/,
  'In the device, with user verification': /addVirtualAuthenticator|addAuthenticator/,
  'Synced, or eligible and not synced': /defaultBackupState|synced/,
  'Security key by USB, NFC': /transport: 'nfc'/,
  'Security key with a PIN': /PIN/,
  'Phone as a hybrid authenticator': /transport: 'cable'/,
  'No platform authenticator': /hasPlatformAuthenticator/,
  'Security key without a PIN, device without a screen lock': /hasUserVerification: false/,
  'User verification fails': /isUserVerified: false|setUserVerified\(false\)/,
  'No discoverable credentials, U2F': /protocol: 'u2f'/,
  'Second passkey on the suggested authenticator': /shortest path to a second passkey first, and takes it/,
  "Ceremony canceled by the page's script": /NotAllowedError/,
  'Hints for a phone, a key, this device': /client-device/,
  'Autofill without credentials': /accepts an e-mail address without one/,
  'No JavaScript': /javaScriptEnabled: false/,
  'Browser inside another app, by user agent': /inside another app/,
  'Frame of another site': /<iframe/,
  'No cookies, no storage': /without cookies and storage/,
  'Slow network': /emulateNetworkConditions/,
  'Wrong clock': /whose clock is/,
  'Several tabs, restored tabs': /two tabs|every tab/,
}

test('the quick start has at most forty lines', async () => {
  const programs = ['quick-start.js', 'quick-start-client.js'].map((name) =>
    readDocument(`packages/core/examples/${name}`),
  )
  const lines = (await Promise.all(programs)).join('').split('\n')
  expect(lines.filter((line) => line.trim() !== '').length).toBeLessThanOrEqual(40)
})

test('docs/reference/browsers.md names tests that show each row', async () => {
  const shown: string[] = []
  for (const line of (await readDocument('docs/reference/browsers.md')).split('\n')) {
    const [, row = ''] = /^\| (.*?) +\|/.exec(line) ?? []
    for (const [, file = ''] of line.startsWith('|') ? line.matchAll(/`([\w./-]+\.test\.ts)`/g) : []) {
      const folders = ['apps/server/test', 'packages/core/test']
      const text = await Promise.any(folders.map((folder) => readDocument(join(folder, file)))).catch(() => '')
      expect({ row, file, isShown: evidence[row]?.test(text) }).toEqual({ row, file, isShown: true })
      shown.push(row)
    }
  }
  expect(new Set(shown)).toEqual(new Set(Object.keys(evidence)))
})

const repositoryLink = /https:\/\/github\.com\/pocket-oidc\/pocket\/(?:blob|tree)\/main\//g

test.each(linking)('%s links to existing files and headings', async (path) => {
  const text = (await readDocument(path)).replaceAll(/`[^`\n]*`/g, '').replaceAll(repositoryLink, '/')
  for (const [, target = '', anchor] of text.matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?[^)]*\)/g)) {
    const file = target === '' ? path : target.startsWith('/') ? target.slice(1) : join(path, '..', target)
    const content = await readdir(join(workspace, file)).catch(() => readDocument(file))
    expect(content).toBeDefined()
    if (anchor !== undefined)
      expect({ file, anchors: findAnchors(String(content)) }).toMatchObject({
        anchors: expect.arrayContaining([anchor]),
      })
  }
})

test.each(['core', 'directory', 'api-client'])('the README of @pocket/%s has no relative link', async (name) => {
  const text = (await readDocument(`packages/${name}/README.md`)).replaceAll(/`[^`\n]*`/g, '')
  expect(text.match(/\]\((?!https:)[^)]*\)/g)).toBeNull()
})

test.each(['core', 'directory', 'api-client'])('@pocket/%s is published without its tests', async (name) => {
  const { files } = JSON.parse(await readDocument(`packages/${name}/package.json`))
  expect(files).toEqual(['dist', 'src'])
  const sources = await readdir(join(workspace, 'packages', name, 'src'), { recursive: true })
  expect(sources.filter((file) => /\.test\.|(^|\/)tests?\//.test(file))).toEqual([])
})

test.each(['core', 'directory', 'api-client'])('the manifest of @pocket/%s names the repository', async (name) => {
  const { homepage, bugs, repository } = JSON.parse(await readDocument('package.json'))
  const directory = `packages/${name}`
  const manifest = JSON.parse(await readDocument(`${directory}/package.json`))
  expect(manifest).toMatchObject({ homepage, bugs, repository: { ...repository, directory } })
})

test('the index of the documentation lists every guide and reference', async () => {
  const references = (await readdir(join(workspace, 'docs/reference'))).map((name) => `docs/reference/${name}`)
  const index = await readDocument('docs/README.md')
  expect([...guides, ...references].filter((path) => !index.includes(`](${path.slice('docs/'.length)})`))).toEqual([])
})

test('ARCHITECTURE.md names existing files', async () => {
  const packages = ['packages/core', 'packages/directory', 'apps/server']
  const folders = packages.flatMap((name) => [`${name}/src`, `${name}/test`])
  const files = await Promise.all(
    [...folders, 'apps/server/views', 'apps/server/locales'].map(async (folder) =>
      (await readdir(join(workspace, folder), { recursive: true })).map((file) => `/${folder}/${file}`),
    ),
  )
  const named = (await readDocument('ARCHITECTURE.md')).matchAll(/`(\w[\w/.-]*\.(?:ts|ejs|json))`/g)
  const paths = Array.from(named, ([, path = '']) =>
    path.replace(/^S\//, 'apps/server/src/').replace(/^D\//, 'packages/directory/src/'),
  )
  expect(paths.filter((path) => !files.flat().some((file) => file.endsWith(`/${path}`)))).toEqual([])
})

test('the index of the decisions lists every record with its title, date and status', async () => {
  const records = (await readdir(join(workspace, 'docs/decisions'))).filter((name) => name !== 'README.md').toSorted()
  const rows = records.map(async (name) => {
    const [, title, created, changed, status] =
      /^# \d+\. (.+)\n\nDate: ([\d-]+)(?:, changed ([\d-]+))?\. Status: (\w+)/.exec(
        await readDocument(`docs/decisions/${name}`),
      ) ?? []
    return [`[${name.slice(0, 4)}](${name})`, title, changed ?? created, status]
  })
  const index = await readDocument('docs/decisions/README.md')
  const listed = [...index.matchAll(/^\| (\[.+) \|$/gm)].map(([, cells = '']) =>
    cells.split('|').map((cell) => cell.trim()),
  )
  expect(listed).toEqual(await Promise.all(rows))
})

test('documents and examples import only exported names', async () => {
  const known = new Map<string, Set<string>>()
  for (const name of ['core', 'directory'])
    for (const [subpath, exported] of await publicApi(name))
      known.set(join('@pocket', name, subpath), new Set(exported.map((each) => each.name)))
  const texts = [...documents, ...examples.map((name) => `packages/core/examples/${name}`)].map(readDocument)
  const unknown = (await Promise.all(texts)).flatMap((text) =>
    [...text.matchAll(/import (?:type )?\{([^}]*)\} from '(@pocket\/(?:core|directory)[^']*)'/g)].flatMap(
      ([, names = '', subpath = '']) =>
        names
          .split(',')
          .map((name) => name.trim())
          .filter((name) => name !== '' && !known.get(subpath)?.has(name)),
    ),
  )
  expect(unknown).toEqual([])
})

test('every value that a host can import occurs in a guide or an example', async () => {
  const texts = [...documents, ...examples.map((name) => `packages/core/examples/${name}`)].map(readDocument)
  const shown = (await Promise.all(texts)).join('\n')
  for (const name of ['core', 'directory'] as const) {
    const subpaths = [...(await publicApi(name))].filter(([subpath]) => !isInternal(subpath) && subpath !== './typeorm')
    const values = subpaths
      .flatMap(([, exported]) => exported)
      .filter(({ declaration }) => /^export declare (abstract )?(const|function|class) /.test(declaration))
    expect(values.map((each) => each.name).filter((each) => !new RegExp(`\\b${each}\\b`).test(shown))).toEqual([])
  }
})

test('the guide for embedding lists every option', async () => {
  const listMembers = async (name: string) => {
    const options = (await publicApi('core')).get('.')?.find((each) => each.name === name)?.declaration ?? ''
    return [...options.matchAll(/^ {4}readonly (\w+)\??: (\w*)/gm)].map(([, member = '', type = '']) => ({
      member,
      type,
    }))
  }
  const paths = (await listMembers('PocketOptions')).map(async ({ member, type }) =>
    type.endsWith('Options') ? (await listMembers(type)).map((inner) => `${member}.${inner.member}`) : [member],
  )
  const guide = await readDocument('docs/guides/add-passkeys-to-a-service.md')
  const table = guide.split('## 7. Choose the options')[1]?.split('\n## ')[0] ?? ''
  const listed = [...table.matchAll(/^\| `([\w.]+)` /gm)].map(([, path]) => path)
  expect(listed.toSorted()).toEqual((await Promise.all(paths)).flat().toSorted())
})

/** The hook before each event, or why there is none; `server` if core does not record the event. */
const asked: Readonly<
  Record<
    AuditEvent['event'],
    keyof BeforeHookInputs | 'accessChecks' | 'it has happened' | 'it takes access away' | 'you do it' | 'server'
  >
> = {
  signed_in: 'signIn',
  sign_in_failed: 'it has happened',
  reauthenticated: 'reauthenticate',
  device_login_approved: 'approveDevice',
  device_login_denied: 'it takes access away',
  signed_out: 'it takes access away',
  session_ended: 'server',
  setup_completed: 'server',
  account_created: 'signUp',
  account_updated: 'server',
  account_disabled: 'server',
  account_enabled: 'server',
  account_removed: 'server',
  account_exported: 'server',
  account_groups_changed: 'server',
  account_claims_changed: 'server',
  group_created: 'server',
  group_updated: 'server',
  group_removed: 'server',
  group_members_changed: 'server',
  membership_end_changed: 'server',
  membership_ended: 'server',
  group_claims_changed: 'server',
  passkey_added: 'addPasskey',
  passkey_renamed: 'renamePasskey',
  passkey_removed: 'removePasskey',
  passkey_refused: 'it has happened',
  passkey_counter_regressed: 'it has happened',
  code_issued: 'issueCode',
  recovery_codes_created: 'you do it',
  recovery_codes_removed: 'it takes access away',
  recovery_code_used: 'it has happened',
  recovery_requested: 'server',
  recovery_stopped: 'server',
  client_created: 'server',
  client_registered: 'registerClient',
  client_updated: 'updateClient',
  client_removed: 'it takes access away',
  initial_access_token_created: 'server',
  initial_access_token_removed: 'server',
  client_groups_changed: 'server',
  group_clients_changed: 'server',
  client_secret_added: 'server',
  client_secret_removed: 'server',
  client_tested: 'server',
  consent_given: 'allowClient',
  device_authorized: 'allowClient',
  device_authorized_again: 'allowClient',
  device_refused: 'it takes access away',
  consent_refused: 'it takes access away',
  consent_withdrawn: 'server',
  client_authorized: 'accessChecks',
  authorization_refused: 'it has happened',
  token_refused: 'it has happened',
  request_refused: 'it has happened',
  logout_notice_failed: 'it has happened',
  token_revoked: 'it takes access away',
  signup_token_created: 'server',
  signup_token_removed: 'server',
  api_created: 'server',
  api_removed: 'server',
  api_updated: 'server',
  api_permissions_changed: 'server',
  api_cimd_access_changed: 'server',
  api_access_changed: 'server',
  api_access_removed: 'server',
  ldap_synced: 'server',
  ldap_sync_waiting: 'server',
  ldap_sync_failed: 'server',
  ldap_linked: 'server',
  ldap_unlinked: 'server',
  scim_provider_created: 'server',
  scim_provider_updated: 'server',
  scim_provider_removed: 'server',
  scim_objects_adopted: 'server',
  scim_sync_requested: 'server',
  scim_synced: 'server',
  scim_sync_failed: 'server',
  job_requested: 'server',
  keys_rotated: 'you do it',
  key_rotation_requested: 'you do it',
  data_exported: 'server',
  data_imported: 'server',
  data_rolled_back: 'server',
  encryption_key_rotated: 'server',
  issuer_changed: 'you do it',
  backup_failed: 'server',
  audit_log_exported: 'server',
  api_key_created: 'server',
  api_key_renewed: 'server',
  api_key_removed: 'server',
  secrets_read: 'server',
  settings_changed: 'server',
}

test('the hooks guide lists every event that core records, and every hook', async () => {
  const guide = await readDocument('docs/guides/hooks-and-events.md')
  const rows = [...guide.matchAll(/^\| `(\w+)` +\|[^|]*\| (?:no: |`hooks\.(?:before\.)?)([\w ]+?)`? +\|$/gm)]
  const received = Object.fromEntries(rows.map(([, event = '', hook]) => [event, hook]))
  expect(received).toEqual(Object.fromEntries(Object.entries(asked).filter(([, hook]) => hook !== 'server')))
})

test('core records exactly the events that the guide lists', async () => {
  const sources = join(workspace, 'packages/core/src')
  const files = (await readdir(sources, { recursive: true })).filter((name) => /\.ts$/.test(name))
  const texts = await Promise.all(
    files.filter((name) => name !== join('audit', 'events.ts')).map((name) => readFile(join(sources, name), 'utf8')),
  )
  const all = texts.join('\n').replace(/\/\*\*.*?\*\//gs, '')
  for (const [event, hook] of Object.entries(asked)) {
    const isWritten =
      new RegExp(`event: [^,}]*'${event}'`).test(all) || (event.startsWith('device_login_') && hook !== 'server')
    expect([event, isWritten]).toEqual([event, hook !== 'server'])
  }
})
