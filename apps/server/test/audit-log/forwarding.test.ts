import { once } from 'node:events'
import { readFile, rename } from 'node:fs/promises'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { join } from 'node:path'
import { createServer as createTlsServer } from 'node:tls'
import { expect, test } from '@jest/globals'
import { databaseKinds, eventually, quickOnly } from '@pocket/test-support'
import { createAuthority } from '@pocket/test-support/certificates'
import { syslogSender } from '../../src/audit-log/syslog.ts'
import { type CalledInstance, startCalledInstance } from '../api/calls.ts'
import { createFolder } from '../database/folder.ts'

/** A syslog server. `refuse` ends connections before it has read them. */
async function startSyslog(create: (onConnection: (socket: Socket) => void) => Server) {
  let isRefusing = false
  let received = ''
  const server = create((socket) => {
    socket.on('error', () => {})
    if (isRefusing) socket.resetAndDestroy()
    else socket.on('data', (chunk) => (received += chunk.toString('utf8')))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    refuse(value: boolean) {
      isRefusing = value
    },
    /** The messages, by octet counting. */
    messages() {
      const messages: string[] = []
      let rest = Buffer.from(received)
      while (rest.length > 0) {
        const space = rest.indexOf(' ')
        const end = space + 1 + Number(rest.subarray(0, space).toString())
        messages.push(rest.subarray(space + 1, end).toString())
        rest = rest.subarray(end)
      }
      return messages
    },
    async [Symbol.asyncDispose]() {
      server.close()
    },
  }
}

const header = /^<(110|108)>1 \d{4}-\d\d-\d\dT[\d:.]+Z localhost pocket-id - (\w{1,32}) - (\{.*\})$/

/** Does not wait for the interval of the job; it may already be running. */
const forward = ({ app }: CalledInstance) => app.callApi({ method: 'POST', path: '/api/jobs/forward-audit-log/run' })

const linesOf = async (path: string) => (await readFile(path, 'utf8').catch(() => '')).split('\n').filter(Boolean)

const idsOf = (lines: readonly string[]) => lines.map((line): string => JSON.parse(line).id)

/** The IDs in the database, oldest first. */
const exportIds = async (instance: CalledInstance) => {
  const { text } = await instance.administrator.get(`${instance.url}/api/audit-logs/export?format=jsonl`)
  return idsOf(text.trimEnd().split('\n')).reverse()
}

test.each(databaseKinds)(
  'sends each audit event to syslog and a file, and again after a lost connection, on %s',
  async (kind) => {
    await using folder = await createFolder()
    await using syslog = await startSyslog((onConnection) => createServer(onConnection))
    const file = join(folder.path, 'audit.jsonl')
    syslog.refuse(true)
    const AUDIT_SYSLOG = `tcp://127.0.0.1:${syslog.port}`
    await using instance = await startCalledInstance(kind, { AUDIT_SYSLOG, AUDIT_FILE: file })
    await instance.person('grace')
    await forward(instance)
    await eventually(async () => expect((await linesOf(file)).length).toBeGreaterThan(3))
    expect(syslog.messages()).toEqual([])
    await rename(file, `${file}.1`)

    syslog.refuse(false)
    await instance.person('linus')
    await forward(instance)
    const ids = await exportIds(instance)
    await eventually(async () => {
      const messages = syslog.messages().map((message) => header.exec(message) ?? [message])
      expect(messages.map(([, , event]) => event)).toContain('PASSKEY_ADDED')
      for (const lines of [
        messages.map(([, , , json = '']) => json),
        [...(await linesOf(`${file}.1`)), ...(await linesOf(file))],
      ])
        expect(ids.filter((id) => !idsOf(lines).includes(id))).toEqual([])
    })
  },
)

quickOnly(test)('sends repeated rejections as one event with a count', async () => {
  await using syslog = await startSyslog((onConnection) => createServer(onConnection))
  syslog.refuse(true)
  await using instance = await startCalledInstance('SQLite', { AUDIT_SYSLOG: `tcp://127.0.0.1:${syslog.port}` })
  const causeRefusal = () =>
    fetch(`${instance.url}/api/oidc/token`, {
      method: 'POST',
      body: new URLSearchParams({ grant_type: 'client_credentials', client_id: 'nobody', client_secret: 'x' }),
    })
  const findRefusals = () =>
    syslog.messages().flatMap((message) => {
      const { id, event, occurrences } = JSON.parse(header.exec(message)?.[3] ?? '{}')
      return event === 'TOKEN_REFUSED' ? [{ id, occurrences }] : []
    })
  for (let time = 0; time < 3; time += 1) await causeRefusal()
  syslog.refuse(false)
  await forward(instance)
  await eventually(() => expect(findRefusals().map(({ occurrences }) => occurrences)).toEqual([3]))
  await causeRefusal()
  await forward(instance)
  await eventually(() => expect(findRefusals().map(({ occurrences }) => occurrences)).toEqual([3, 1]))
  expect(new Set(findRefusals().map(({ id }) => id)).size).toBe(2)
})

quickOnly(test)('sends over TLS to a server whose certificate it trusts', async () => {
  const authority = await createAuthority()
  const certificate = await authority.issue({ hosts: ['127.0.0.1'] })
  await using syslog = await startSyslog((onConnection) => createTlsServer(certificate, onConnection))
  const config = { host: '127.0.0.1', port: syslog.port, tls: true }
  const entry = {
    createdAt: 0,
    event: 'SIGN_IN',
    json: JSON.stringify({ id: '1', changes: { name: 'ü'.repeat(9000) } }),
  }
  await expect(syslogSender(config, 'id.example.com')([entry])).rejects.toThrow(/certificate/)
  expect(syslog.messages()).toEqual([])
  await syslogSender({ ...config, ca: authority.cert }, 'id.example.com')([entry, { ...entry, json: '{"id":"ü"}' }])
  expect(syslog.messages()).toEqual([
    '<110>1 1970-01-01T00:00:00.000Z id.example.com pocket-id - SIGN_IN - {"id":"1","changes":null,"isTruncated":true}',
    '<110>1 1970-01-01T00:00:00.000Z id.example.com pocket-id - SIGN_IN - {"id":"ü"}',
  ])
})
