import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { beforeEach, expect, test } from '@jest/globals'
import { shareBetweenTests, startHttpServer } from '@pocket/test-support'
import { createAuthority } from '@pocket/test-support/certificates'
import { startHttpsProxy } from '@pocket/test-support/https'
import { startScimServer } from '@pocket/test-support/scim'
import { findAuditEvents } from '../api/calls.ts'
import { startInstance } from '../api/instance.ts'

const server = shareBetweenTests(() => startScimServer())
const instance = shareBetweenTests(() => startInstance({ ALLOWED_PRIVATE_HOSTS: '127.0.0.1' }))
let clientId: string
let pageUrl: string

beforeEach(async () => {
  ;({ id: clientId } = await instance.app.pocket.clients.create({ name: 'Photos', redirectUris: [] }))
  pageUrl = `${instance.url}/settings/admin/oidc-clients/${clientId}/scim`
  server.users.clear()
})

const fetchPage = async () => (await instance.administrator.get(pageUrl)).text
const post = (part: string, fields: Readonly<Record<string, string>> = {}) =>
  instance.administrator.postForm(pageUrl + part, fields)
const targetFields = (extra: object = {}) => ({
  endpoint: server.url,
  token: 'scim-token',
  removal: 'deactivate',
  ...extra,
})
const setUp = async () => {
  const response = await post('', targetFields())
  expect([response.status, response.location]).toEqual([303, expect.stringContaining('/scim')])
  return instance.administrator.follow(response)
}
/** Requests the page until a run has ended. */
const waitForEnd = async () => {
  for (;;) {
    const text = await fetchPage()
    if (text.includes('Last run')) return text
  }
}
const formVersion = (text: string) => (/name="version" value="([^"]+)"/.exec(text)?.[1] ?? '').replaceAll('&#34;', '"')

test('provisioning is set up, runs, and shows its result', async () => {
  const fetchSettingsPage = () => instance.administrator.get(pageUrl.replace('/scim', '/settings'))
  expect((await fetchSettingsPage()).text).toContain('Set up provisioning')
  expect(await fetchPage()).toContain('Start provisioning')
  const saved = await setUp()
  expect(saved.text).toMatch(/data-outcome>.*?<p>Saved: <strong>/s)
  expect(saved.text).not.toContain('scim-token')
  expect(await waitForEnd()).toContain('<span class="chip ok">Up to date</span>')
  expect([...server.users.values()].map(({ userName }) => userName)).toContain('ada')
  expect((await fetchSettingsPage()).text).toContain('<span class="chip ok">Up to date</span>')
  server.users.clear()
  const again = await instance.administrator.follow(await post('/run'))
  expect(again.text).toContain('<p>Provisioning started: Photos</p>')
  while (server.users.size === 0) await fetchPage()
  expect(findAuditEvents(instance, 'scim_sync_requested').at(-1)).toMatchObject({ clientId })
})

test('an empty token field keeps the token, and a checkbox removes it', async () => {
  await setUp()
  await post('', targetFields({ token: '', removal: 'delete' }))
  expect(await fetchPage()).toContain('Leave empty to keep the stored value.')
  await post('', targetFields({ token: '', tokenRemove: 'true' }))
  expect(await fetchPage()).not.toContain('Leave empty to keep the stored value.')
})

test.each([
  [{ endpoint: '' }, 'Enter the SCIM endpoint.'],
  [{ endpoint: 'photos.example' }, 'Enter an https:// URL'],
  [{ token: 'two words' }, 'The token has invalid characters'],
])('%j is rejected next to the field, and the input is kept', async (extra, sentence) => {
  const response = await post('', targetFields({ removal: 'delete', ...extra }))
  expect(response.status).toBe(400)
  expect(response.text).toContain(sentence)
  expect(response.text).toContain(`value="${'endpoint' in extra ? extra.endpoint : server.url}"`)
  expect(response.text).toMatch(/value="delete" checked/)
  expect(response.text).not.toContain('two words')
})

test('a concurrent change is shown', async () => {
  await setUp()
  const version = formVersion(await fetchPage())
  await post('', targetFields({ removal: 'delete' }))
  const response = await post('', targetFields({ version }))
  expect([response.status, response.text]).toEqual([412, expect.stringContaining('People who leave')])
})

test('a test names the target, or the cause of its failure', async () => {
  await setUp()
  expect((await post('/test')).text).toContain('The application responds.')
  expect((await instance.administrator.get(`${pageUrl}/test`)).location).toContain(`${clientId}/scim`)
  await post('', targetFields({ token: 'wrong' }))
  const failed = await post('/test')
  expect(failed.text).toContain('The token was rejected.')
})

test('a target with an expired certificate is reported as such', async () => {
  await setUp()
  // Another endpoint is refused during a run.
  await waitForEnd()
  const authority = await createAuthority()
  const certificate = await authority.issue({ hosts: ['127.0.0.1'], notAfter: Date.now() - 60_000 })
  await using front = await startHttpsProxy([], server.url, certificate)
  const trusted = getCACertificates('default')
  setDefaultCACertificates([...trusted, authority.cert])
  try {
    await post('', targetFields({ endpoint: `https://${front.address}/scim/v2` }))
    const tested = await post('/test')
    expect(tested.text).toContain('Its certificate has expired')
    expect(tested.text).toContain('CERT_HAS_EXPIRED')
    await post('/run')
    let text = await fetchPage()
    while (!text.includes('<strong>Incomplete</strong>')) text = await fetchPage()
    expect(text).toContain('Its certificate has expired')
    // It has not counted any user.
    expect(text).not.toContain('In scope')
  } finally {
    setDefaultCACertificates(trusted)
  }
})

test('existing resources are listed and adopted', async () => {
  server.users.set('1', { id: '1', userName: 'ADA', displayName: 'Ada', active: true })
  await setUp()
  const text = await waitForEnd()
  expect(text).toContain('Existing accounts and groups')
  expect(text).toContain('<span class="chip warn">Incomplete</span>')
  expect(text).toContain('Never complete')
  const fetchSettingsPage = () => instance.administrator.get(pageUrl.replace('/scim', '/settings'))
  expect((await fetchSettingsPage()).text).toContain('<span class="chip warn">Incomplete</span>')
  const overview = await instance.administrator.get(`${instance.url}/settings/admin`)
  expect(overview.text).toContain('Provisioning of Photos is incomplete')
  const localId = /name="localId" value="([^"]+)"/.exec(text)?.[1] ?? ''
  const adopted = await instance.administrator.follow(await post('/adopt', { kind: 'user', localId }))
  expect(adopted.text).toContain('Linked: 1')
  while (server.users.get('1')?.userName !== 'ada') await fetchPage()
  while (!(await fetchPage()).includes('<span class="chip ok">Up to date</span>'));
  expect((await fetchSettingsPage()).text).toContain('<span class="chip ok">Up to date</span>')
  const all = await instance.administrator.get(`${instance.url}/settings/admin/audit-log`)
  expect(all.text).toMatch(/Provisioning failed<\/span>[^·]*· [^·]*Photos[^·]*· [^·]*It already exists there\./)
  const log = await instance.administrator.get(`${instance.url}/settings/audit-log`)
  expect(log.text).toMatch(/SCIM resources linked[^(]*Photos/)
})

test('a failing target is shown in the overview, and provisioning is removed', async () => {
  await post('', targetFields({ endpoint: 'https://[::1]/scim' }))
  expect(await waitForEnd()).toContain('add the host to ALLOWED_PRIVATE_HOSTS')
  const overview = await instance.administrator.get(`${instance.url}/settings/admin`)
  expect(overview.text).toContain('Provisioning of Photos is incomplete')
  const fetchAuditLog = async () => (await instance.administrator.get(`${instance.url}/settings/admin/audit-log`)).text
  while (
    !/Provisioning failed<\/span>[^·]*· [^·]*Photos[^·]*· [^·]*add the host to ALLOWED_PRIVATE_HOSTS/.test(
      await fetchAuditLog(),
    )
  );
  const ended = await instance.administrator.follow(await post('/remove'))
  expect(ended.text).toMatch(/<p>Removed: <strong>/)
  expect((await post('/run')).status).toBe(404)
})

test('returns not found for an unknown client', async () => {
  expect((await instance.administrator.get(pageUrl.replace(clientId, 'nobody'))).status).toBe(404)
})

test('every problem and every existing resource of a target can be reached', async () => {
  const { directory } = instance.app
  for (let number = 0; number < 122; number++) {
    await directory.groups.create({ name: `team${number}`, friendlyName: 'Team' })
    await directory.groups.create({ name: `refused${number}`, friendlyName: `Refused ${number}` })
  }
  // The target has one group of this name, and rejects others.
  await using front = await startHttpServer((request, response) => {
    response.setHeader('Content-Type', 'application/scim+json')
    if (request.method !== 'GET') response.statusCode = 400
    const { pathname } = new URL(request.url ?? '', 'http://localhost')
    const Resources = pathname === '/Groups' ? [{ id: 'remote', displayName: 'Team' }] : []
    response.end(
      JSON.stringify({ patch: { supported: true }, totalResults: Resources.length, startIndex: 1, Resources }),
    )
  })
  await post('', targetFields({ endpoint: front.url }))
  expect(await waitForEnd()).toContain(`/scim?found=all#found">and 72 more`)
  const fetchAll = async (query: string) => (await instance.administrator.get(pageUrl + query)).text
  expect((await fetchAll('?found=all')).match(/There:/g)).toHaveLength(122)
  const names = new Set<string>()
  for (let page = 1; page < 8; page++)
    for (const name of (await fetchAll(`?page=${page}`)).match(/Refused \d+/g) ?? []) names.add(name)
  expect(names.size).toBe(122)
})
