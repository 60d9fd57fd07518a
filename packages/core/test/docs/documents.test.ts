import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
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
  'QR code from another device': /another device takes two taps there and one here/,
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

/** The text of the sources of core, without comments on declarations. */
async function coreSources(): Promise<string> {
  const folder = join(workspace, 'packages/core/src')
  const files = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.ts'))
  const texts = files.filter((name) => name !== join('audit', 'events.ts')).map((name) => readFile(join(folder, name)))
  return (await Promise.all(texts)).join('\n').replace(/\/\*\*.*?\*\//gs, '')
}

/** The events of the hooks guide, and what the table says about their hooks. */
async function eventsOfGuide(): Promise<readonly (readonly [event: string, hook: string])[]> {
  const guide = await readDocument('docs/guides/hooks-and-events.md')
  const rows = guide.matchAll(/^\| `(\w+)` +\|[^|]*\| (no: [\w ]+?|`hooks\.[\w.]+`) +\|$/gm)
  return [...rows].map(([, event = '', hook = '']) => [event, hook])
}

test('the hooks guide lists exactly the events that core records', async () => {
  const declared = await readDocument('packages/core/src/audit/events.ts')
  const events = [...declared.matchAll(/\bEvent<\s*('[^,]+),/g)].flatMap(([, names = '']) => names.match(/\w+/g) ?? [])
  const sources = await coreSources()
  const recorded = events.filter(
    // This event has the decision in its name.
    (event) => event.startsWith('device_login_') || new RegExp(`event: [^,}]*'${event}'`).test(sources),
  )
  expect((await eventsOfGuide()).map(([event]) => event).toSorted()).toEqual(recorded.toSorted())
})

test('the hooks guide names the hook before each event', async () => {
  const declared = (await readDocument('packages/core/src/hooks.ts')).match(
    /interface BeforeHookInputs \{.*?^\}/ms,
  )?.[0]
  const hooks = [...(declared ?? '').matchAll(/\bBefore((?:[\s*,]|and|`\w+`)+)\..*?readonly (\w+):/gs)].flatMap(
    ([, events = '', hook]) => (events.match(/(?<=`)\w+/g) ?? []).map((event) => [event, `\`hooks.before.${hook}\``]),
  )
  const named = (await eventsOfGuide()).filter(([, hook]) => hook.startsWith('`hooks.before.'))
  expect(named.toSorted()).toEqual(hooks.toSorted())
})
