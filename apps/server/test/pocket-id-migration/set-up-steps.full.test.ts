import { once } from 'node:events'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { type IncomingMessage, request } from 'node:http'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { eventually, freePort } from '@pocket/test-support'
import { kinds } from '../api/calls.ts'
import { createSource, facts } from './fixture.ts'
import { createTarget, passkeysOf, signIn } from './migrated-server.ts'

const path = '/login/setup/pocket-id'
const tokenLine = /set-up token (\S+) at/

/** A browser without JavaScript. `server` is one of several that serve `url`. */
function createBrowser(url: string, server = url) {
  let cookie = ''
  const send = async (
    to: string,
    { contentType = '', ...init }: RequestInit & { readonly contentType?: string } = {},
  ) => {
    const headers = {
      accept: 'text/html',
      origin: url,
      ...(cookie && { cookie }),
      ...(contentType && { 'content-type': contentType }),
    }
    const response = await fetch(server + to, { ...init, headers, redirect: 'manual' })
    const [set] = response.headers.getSetCookie()
    if (set) cookie = set.split(';')[0] ?? ''
    return { status: response.status, text: await response.text(), set }
  }
  const post = (to: string, fields: Readonly<Record<string, string>>) =>
    send(path + to, { method: 'POST', body: new URLSearchParams(fields) })
  return {
    get: () => send(path),
    post,
    async upload(content: Buffer) {
      const fields = new FormData()
      fields.append('file', new Blob([new Uint8Array(content)]), '../../evil.zip')
      const form = new Response(fields)
      const contentType = form.headers.get('content-type') ?? ''
      // Sent whole: `fetch` may fail if the server responds before a streamed body has been sent.
      return send(`${path}/upload`, { method: 'POST', body: await form.arrayBuffer(), contentType })
    },
    /** Sends the headers and the beginning of the form only. */
    startUpload(size: number) {
      const headers = {
        cookie,
        origin: url,
        accept: 'text/html',
        'content-type': 'multipart/form-data; boundary=b',
        'content-length': size,
      }
      const sent = request(`${server}${path}/upload`, { method: 'POST', headers })
      sent.on('error', () => undefined)
      sent.write('--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n')
      return sent
    },
    choiceOf: (html: string) => html.match(/name="choice" value="([^"]+)"/)?.[1] ?? '',
  }
}

/** The page as the server shows it when the migration has ended. */
async function waitForEnd({ get }: ReturnType<typeof createBrowser>) {
  const shown: string[] = []
  const last = await eventually(async () => {
    const page = await get()
    if (page.status === 503) shown.push(page.text)
    expect(page.status).not.toBe(503)
    return page
  })
  for (const text of shown) expect(text).toContain('Migrating from Pocket ID')
  return last
}

describe.each(kinds)('the page that migrates from Pocket ID on %s', (kind) => {
  const stack = new AsyncDisposableStack()
  let target: Awaited<ReturnType<typeof createTarget>>
  let server: Awaited<ReturnType<typeof target.start>>
  let archive: Buffer
  let token: string
  let operator: ReturnType<typeof createBrowser>

  beforeAll(async () => {
    const source = stack.use(await createSource('archive'))
    archive = await readFile(source.source)
    target = stack.use(await createTarget(kind))
    server = stack.use(await target.start({}, tokenLine))
    token = server.output().match(tokenLine)?.[1] ?? ''
    operator = createBrowser(target.url)
  })
  afterAll(() => stack.disposeAsync())

  const partialUploads = async () => (await readdir(importFolder())).filter((name) => name.endsWith('.partial'))
  const importFolder = () => join(target.folder, 'data/import')
  /** The files of the data folder that contain the text, as it is or in base64. */
  const dataFilesWith = async (text: string) => {
    const files = await readdir(join(target.folder, 'data'), { recursive: true, withFileTypes: true })
    const paths = files.filter((file) => file.isFile()).map(({ parentPath, name }) => join(parentPath, name))
    const contents = await Promise.all(paths.map(async (path) => ({ path, content: await readFile(path) })))
    const texts = [text, Buffer.from(text).toString('base64')]
    return contents.filter(({ content }) => texts.some((part) => content.includes(part))).map(({ path }) => path)
  }
  const checkArchive = (file: string) => operator.post('/check', { file, encryptionKey: facts.encryptionKey })

  test('asks for the set-up token before it accepts anything', async () => {
    const otherUser = createBrowser(target.url)
    expect(await otherUser.post('', { token: 'a guess' })).toMatchObject({ status: 403, set: undefined })
    for (const response of [
      await otherUser.upload(archive),
      await otherUser.post('/check', { file: 'upload', encryptionKey: facts.encryptionKey }),
      await otherUser.post('/start', { choice: 'x' }),
    ])
      expect(response.status).toBe(303)
    expect(await readdir(join(target.folder, kind === 'SQLite' ? 'data' : '.'))).not.toContain('import')
    const granted = await operator.post('', { token })
    expect(granted).toMatchObject({ status: 303, set: expect.stringMatching(/HttpOnly/i) })
    // The log shows the next token.
    expect(await otherUser.post('', { token })).toMatchObject({ status: 403, set: undefined })
    await server.waitForOutput(/token was used.* set-up token (\S+) at/)
    expect((await operator.get()).text).toContain('No file yet')
  })

  test('stores an upload under its own name, and lists the files of the import folder without links', async () => {
    expect(await operator.upload(archive)).toMatchObject({ status: 303 })
    expect(await readdir(importFolder())).toEqual(['upload'])
    await writeFile(join(importFolder(), 'mine.zip'), archive)
    const { text: html } = await operator.get()
    expect([...html.matchAll(/name="file" value="([^"]+)"/g)].map(([, name]) => name).sort()).toEqual([
      'mine.zip',
      'upload',
    ])
    expect((await checkArchive('../pocket-id.db')).text).toContain('no longer exists')
  })

  test('keeps nothing of an upload that is too large or interrupted', async () => {
    const [large, broken] = [operator.startUpload(3 * 1024 ** 3), operator.startUpload(1_000_000)]
    const [response] = (await once(large, 'response')) as [IncomingMessage]
    expect([response.statusCode, await text(response)]).toEqual([422, expect.stringContaining('too large')])
    large.destroy()
    broken.write(archive.subarray(0, 1000))
    await eventually(async () => expect(await partialUploads()).toHaveLength(1))
    broken.destroy()
    await eventually(async () => expect(await partialUploads()).toHaveLength(0))
    expect(await readdir(importFolder())).toContain('upload')
  })

  test('rejects a wrong encryption key and a file of another kind in words', async () => {
    const wrong = await operator.post('/check', { file: 'upload', encryptionKey: 'another key that is long' })
    expect(wrong).toMatchObject({ status: 422, text: expect.stringContaining('encryption key does not match') })
    expect(wrong.text).not.toContain('another key that is long')
    await writeFile(join(importFolder(), 'text.txt'), 'a text')
    expect(await checkArchive('text.txt')).toMatchObject({
      status: 422,
      text: expect.stringContaining('neither an export'),
    })
  })

  test('does not start if the file was replaced after the check, or the choice was altered', async () => {
    const { text } = await checkArchive('mine.zip')
    await writeFile(join(importFolder(), 'mine.zip'), Buffer.concat([archive, Buffer.from('x')]))
    for (const choice of [operator.choiceOf(text), `${operator.choiceOf(text).slice(0, -1)}A`])
      expect(await operator.post('/start', { choice })).toMatchObject({ status: 422 })
  })

  test('shows the dry run, migrates after a confirmation, and serves the migrated data', async () => {
    const before = await signIn(target.url, passkeysOf('jonas')[0] ?? failWithoutPasskey())
    expect(before.status).not.toBe(200)
    const checked = await checkArchive('upload')
    expect(checked).toMatchObject({ status: 200, text: expect.stringContaining('kai2') })
    for (const text of [checked.text, server.output()]) expect(text).not.toContain(facts.encryptionKey)
    const choice = operator.choiceOf(checked.text)
    const starts = await Promise.all([operator.post('/start', { choice }), operator.post('/start', { choice })])
    // The second one arrives before or after the first one has stopped the instance.
    const [started, other] = starts.toSorted((left, right) => left.status - right.status)
    expect(started?.status).toBe(303)
    expect([409, 503]).toContain(other?.status)
    expect(other?.text).toContain('Migrating from Pocket ID')
    const done = await waitForEnd(operator)
    expect(done).toMatchObject({ status: 200, text: expect.stringContaining('Migration from Pocket ID complete') })
    const after = await signIn(target.url, passkeysOf('jonas')[0] ?? failWithoutPasskey())
    expect(after).toMatchObject({ status: 200, user: { username: 'jonas' } })
    const { keys } = (await (await fetch(`${target.url}/.well-known/jwks.json`)).json()) as {
      keys: { kid: string }[]
    }
    expect(keys[0]).toMatchObject({ kid: facts.signingKey.kid })
    expect(await readdir(importFolder())).not.toContain('upload')
    expect(await dataFilesWith(facts.encryptionKey)).toEqual([])
    // A value of the migrated data, which shows that the search works.
    if (kind === 'SQLite') expect(await dataFilesWith('jonas')).not.toEqual([])
  })

  test('is closed afterwards, even for a confirmation that is still open', async () => {
    expect((await createBrowser(target.url).get()).status).toBe(404)
    for (const step of ['', '/check', '/start']) expect((await operator.post(step, { token })).status).toBe(404)
    await server[Symbol.asyncDispose]()
    server = stack.use(await target.start())
    expect((await operator.get()).status).toBe(404)
    expect(server.output()).not.toContain('set-up token')
  })
})

test('shows how many rows are written while it migrates', async () => {
  await using source = await createSource('archive')
  await using target = await createTarget('SQLite')
  const RESUME_FILE = join(target.folder, 'resume')
  const preload = [`--import=${fileURLToPath(new URL('stop-at-insert.ts', import.meta.url))}`]
  await using server = await target.start({ STOP_AT: 'pocket_consent', RESUME_FILE }, tokenLine, preload)
  const operator = createBrowser(target.url)
  await operator.post('', { token: server.output().match(tokenLine)?.[1] ?? '' })
  await operator.upload(await readFile(source.source))
  const { text } = await operator.post('/check', { file: 'upload', encryptionKey: facts.encryptionKey })
  await operator.post('/start', { choice: operator.choiceOf(text) })
  await eventually(async () => {
    const running = await operator.get()
    expect(running.status).toBe(503)
    expect(running.text).toMatch(/Users?<\/dt><dd>14 of 14</)
    expect(running.text).toMatch(/Clients?<\/dt><dd>15 of 15</)
    expect(running.text).not.toContain('Consent')
  })
  await writeFile(RESUME_FILE, '')
  expect(await waitForEnd(operator)).toMatchObject({ status: 200 })
})

test('reports a target that another server uses, and continues to serve', async () => {
  await using source = await createSource('archive')
  await using target = await createTarget('SQLite')
  await using server = await target.start({}, tokenLine)
  await using _ = await target.start({ PORT: String(await freePort()) })
  const operator = createBrowser(target.url)
  await operator.post('', { token: server.output().match(tokenLine)?.[1] ?? '' })
  await mkdir(join(target.folder, 'data/import'))
  await writeFile(join(target.folder, 'data/import/export.zip'), await readFile(source.source))
  const { text } = await operator.post('/check', { file: 'export.zip', encryptionKey: facts.encryptionKey })
  await operator.post('/start', { choice: operator.choiceOf(text) })
  expect(await waitForEnd(operator)).toMatchObject({
    status: 200,
    text: expect.stringContaining('in use by a server'),
  })
})

test.each(kinds)(
  'lets only one of two servers on %s migrate concurrently, and reports that at the other',
  async (kind) => {
    await using source = await createSource('archive')
    await using target = await createTarget(kind)
    const port = String(await freePort())
    await using first = await target.start({}, tokenLine)
    await using second = await target.start({ PORT: port }, tokenLine)
    const servers = [first, second]
    const operators = [createBrowser(target.url), createBrowser(target.url, `http://localhost:${port}`)]
    await mkdir(join(target.folder, 'data/import'), { recursive: true })
    await writeFile(join(target.folder, 'data/import/export.zip'), await readFile(source.source))
    const choices = await Promise.all(
      operators.map(async (operator, index) => {
        await operator.post('', { token: servers[index]?.ready[1] ?? '' })
        const { text } = await operator.post('/check', { file: 'export.zip', encryptionKey: facts.encryptionKey })
        return operator.choiceOf(text)
      }),
    )
    await Promise.all(operators.map((operator, index) => operator.post('/start', { choice: choices[index] ?? '' })))
    const pages = await Promise.all(operators.map(waitForEnd))
    expect(pages.map(({ status }) => status)).toEqual([200, 200])
    expect(pages.filter(({ text }) => text.includes('This server now has the users'))).toHaveLength(1)
    expect(pages.filter(({ text }) => text.includes('Another server process'))).toHaveLength(1)
    for (const url of [target.url, `http://localhost:${port}`])
      expect(await (await fetch(`${url}/.well-known/jwks.json`)).json()).toMatchObject({
        keys: expect.arrayContaining([expect.objectContaining({ kid: facts.signingKey.kid })]),
      })
  },
)

test('migrates in the only process of a server that is configured for two, which start afterwards', async () => {
  await using source = await createSource('archive')
  await using target = await createTarget('PostgreSQL')
  await using server = await target.start({ WEB_CONCURRENCY: '2' }, tokenLine)
  const operator = createBrowser(target.url)
  await operator.post('', { token: server.ready[1] ?? '' })
  await operator.upload(await readFile(source.source))
  const { text } = await operator.post('/check', { file: 'upload', encryptionKey: facts.encryptionKey })
  await operator.post('/start', { choice: operator.choiceOf(text) })
  await waitForEnd(operator)
  // Logged when the server finds that there are users.
  await server.waitForOutput(/The other processes start in 60 minutes/)
  expect(await operator.get()).toMatchObject({
    status: 200,
    text: expect.stringContaining('Migration from Pocket ID complete'),
  })
  // The primary process and the only one that serves.
  expect(server.output().match(/Starting Pocket/g)).toHaveLength(2)
  server.kill('SIGINT')
  await server.exit
  await using _ = await target.start({ WEB_CONCURRENCY: '2' }, /runs in 2 processes/)
  expect(await signIn(target.url, passkeysOf('jonas')[0] ?? failWithoutPasskey())).toMatchObject({ status: 200 })
})

test('limits wrong set-up tokens', async () => {
  await using target = await createTarget('SQLite')
  await using _ = await target.start({ DISABLE_RATE_LIMITING: 'false' })
  const otherUser = createBrowser(target.url)
  const responses = await Promise.all(Array.from({ length: 11 }, () => otherUser.post('', { token: 'a guess' })))
  expect(responses.map(({ status }) => status).sort()).toEqual([...Array(10).fill(403), 429])
})

test('limits wrong encryption keys, even if they are sent at once', async () => {
  await using source = await createSource('archive')
  await using target = await createTarget('SQLite')
  await using server = await target.start({ DISABLE_RATE_LIMITING: 'false' }, tokenLine)
  await mkdir(join(target.folder, 'data/import'), { recursive: true })
  await writeFile(join(target.folder, 'data/import/export.zip'), await readFile(source.source))
  const operator = createBrowser(target.url)
  expect((await operator.post('', { token: server.ready[1] ?? '' })).status).toBe(303)
  const guess = (_: unknown, index: number) =>
    operator.post('/check', { file: 'export.zip', encryptionKey: `a guessed encryption key ${index}` })
  const responses = await Promise.all(Array.from({ length: 30 }, guess))
  const statuses = responses.map(({ status }) => status)
  expect(new Set(statuses)).toEqual(new Set([422, 429]))
  // Ten, and one more every ten seconds.
  expect(statuses.filter((status) => status === 422).length).toBeLessThan(20)
})

function failWithoutPasskey(): never {
  throw new Error('The fixture has no such passkey.')
}
