import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import type { Writable } from 'node:stream'
import { describe, expect, test } from '@jest/globals'
import { shareBetweenTests } from '@pocket/test-support'
import { generateIdentity, identityToRecipient } from 'age-encryption'
import { createBackupDownloads } from '../../src/backup/downloads.ts'
import { passkeyAnswer, startInstance } from '../api/instance.ts'
import { createMachine } from './test-instance.ts'

const path = '/settings/admin/backups'
const passphrase = 'twelve characters'

describe('an administrator', () => {
  const machine = shareBetweenTests(() => createMachine('SQLite'))
  const instance = shareBetweenTests(() => startInstance(machine.env))

  /** Uses the passkey first, because the set-up may be more than a minute old. */
  async function submit(fields: Readonly<Record<string, string>>) {
    const { administrator: agent, url, administratorAuthenticator } = instance
    const response = await passkeyAnswer(agent, url, administratorAuthenticator)
    expect((await agent.postJson(`${url}/reauthenticate`, { response })).status).toBe(200)
    return agent.postForm(`${url}${path}/download`, fields)
  }
  const fetchArchive = () => {
    const sent = instance.administrator.cookies().filter((cookie) => `${path}/archive`.startsWith(cookie.path))
    const cookies = sent.map(({ name, value }) => `${name}=${value}`)
    const headers = { cookie: cookies.join('; '), 'accept-encoding': 'gzip, br', 'sec-fetch-site': 'same-origin' }
    return instance.administrator.fetch(`${instance.url}${path}/archive`, { headers, redirect: 'manual' })
  }
  const restore = async (response: Response, secret: readonly [option: string, content: string]) => {
    await using other = await createMachine('SQLite')
    await writeFile(other.path('archive'), Buffer.from(await response.arrayBuffer()))
    await writeFile(other.path('secret'), secret[1])
    const { exit, stderr } = await other.run(['import', '-p', other.path('archive'), secret[0], other.path('secret')])
    return [exit, stderr]
  }

  test('downloads an uncached archive with a passphrase, from which an instance is restored', async () => {
    const page = await instance.administrator.follow(
      await submit({ with: 'passphrase', passphrase, repeated: passphrase }),
    )
    expect([page.status, page.headers.get('refresh')]).toEqual([200, `0; url=${path}/archive`])
    expect(page.text).toContain('<p>Started: <strong>Backups</strong></p>')
    const response = await fetchArchive()
    expect(['cache-control', 'content-encoding'].map((name) => response.headers.get(name))).toEqual([
      'private, no-store',
      null,
    ])
    expect(response.headers.get('content-disposition')).toMatch(
      /^attachment; filename="pocket-[\dT.Z-]+\.archive\.age"$/,
    )
    expect(await restore(response, ['--passphrase-file', passphrase])).toEqual([0, ''])
    const log = await instance.administrator.get(
      `${instance.url}/settings/admin/audit-log?filters[event]=DATA_EXPORTED`,
    )
    expect(log.text.replaceAll(/<[^>]*>/g, '')).toContain('Data exported · ada')
  })

  test('downloads an archive for a recipient', async () => {
    const identity = await generateIdentity()
    await submit({ with: 'recipient', recipient: await identityToRecipient(identity) })
    expect(await restore(await fetchArchive(), ['--identity-file', identity])).toEqual([0, ''])
  })

  test.each([
    [{ with: 'passphrase', passphrase: 'eleven char', repeated: 'eleven char' }, 'Use at least 12 characters.'],
    [{ with: 'passphrase', passphrase, repeated: `${passphrase}!` }, 'The passphrases differ.'],
    [{ with: 'passphrase' }, 'Enter a passphrase.'],
    [{ with: 'recipient', recipient: 'age1x' }, 'A recipient begins with age1.'],
    [{}, 'Enter a passphrase.'],
  ])('receives the reason for %j', async (fields, sentence) => {
    const page = await submit(fields)
    expect([page.status, page.text]).toEqual([400, expect.stringContaining(sentence)])
    expect(page.text).not.toContain(passphrase)
  })

  test('cannot download by a link alone, or twice after one form', async () => {
    const { administrator, url } = instance
    // Takes the cookie that an earlier test has left.
    await administrator.get(`${url}${path}/archive`)
    const response = await administrator.get(`${url}${path}/archive`)
    expect([response.status, response.headers.get('location')]).toEqual([303, path])
  })
})

test('one server writes one archive at a time, and accepts another after a disconnect', async () => {
  const events: unknown[] = []
  const outputs: NodeJS.WritableStream[] = []
  const downloads = createBackupDownloads({
    load: async () => ({
      encryption: await import('../../src/backup/encryption.ts'),
      writeArchive: async ({ output }) => {
        outputs.push(output)
        await once(output as Writable, 'close')
        throw new Error('the reader has gone')
      },
    }),
    audit: { record: async (event) => void events.push(event) },
    clock: { now: () => Date.UTC(2026, 0, 1) },
    onError: (error) => events.push(String(error)),
  })
  const actor = { id: 'ada', origin: { requestId: null, ipAddress: null, userAgent: null } }
  const first = await downloads.start(actor, { passphrase })
  expect(first?.fileName).toBe('pocket-2026-01-01T00-00-00.000Z.archive.age')
  expect(await downloads.start(actor, { passphrase })).toBeUndefined()
  const exported = { event: 'data_exported', format: 'archive', encryption: 'passphrase', by: 'ada' }
  expect(events).toEqual([exported])
  first?.content.on('error', () => undefined).destroy()
  await once(outputs[0] as Writable, 'close')
  await new Promise(setImmediate)
  expect(await downloads.start(actor, { passphrase })).toBeDefined()
  expect(events).toEqual([exported, 'Error: the reader has gone', exported])
})
