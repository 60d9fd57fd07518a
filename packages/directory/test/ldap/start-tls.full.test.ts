import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { describe, expect, test } from '@jest/globals'
import { type LdapOptions, testLdapConnection } from '@pocket/directory'
import { describeUnless, generateLdif, type Slapd, slapdUnavailableReason, startSlapd } from '@pocket/test-support'
import { createAuthority, selfSigned, type TestCertificate } from '@pocket/test-support/certificates'
import { encodeResult } from './scripted-server.ts'
import { sourceOptions } from './test-directory.ts'

const neverAborted = new AbortController().signal
const hosts = ['127.0.0.1']
const ldif = generateLdif({ users: 1, groups: 1 })

/**
 * A relay to the server that records the client's plaintext.
 *
 * @param startTls - the relay's own response to the StartTLS request, instead of the server's
 */
async function relayTo(slapd: Slapd, startTls?: Buffer) {
  const sent: Buffer[] = []
  const sockets = new Set<Socket>()
  const relay = createServer((client) => {
    const server = connect(Number(new URL(slapd.url).port), '127.0.0.1')
    for (const socket of [client, server]) sockets.add(socket.on('error', () => {}))
    let isFirst = true
    client.on('data', (data) => {
      sent.push(data)
      if (isFirst && startTls) client.write(startTls)
      else server.write(data)
      isFirst = false
    })
    server.pipe(client)
    client.on('close', () => server.destroy())
  })
  relay.listen(0, '127.0.0.1')
  await once(relay, 'listening')
  const { port } = relay.address() as AddressInfo
  return {
    url: `ldap://127.0.0.1:${port}`,
    sent: () => Buffer.concat(sent).toString('latin1'),
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      relay.close()
      await once(relay, 'close')
    },
  }
}

async function connectVia(slapd: Slapd, extra: Partial<LdapOptions>, startTls?: Buffer) {
  await using relay = await relayTo(slapd, startTls)
  const { failure } = await testLdapConnection(sourceOptions(relay.url, { startTls: true, ...extra }), neverAborted)
  return { code: failure?.code, hasSentPassword: relay.sent().includes(slapd.administrator.password) }
}

describeUnless(slapdUnavailableReason, describe)('StartTLS with slapd', () => {
  const authority = createAuthority()
  const issueCertificate = async (input: Parameters<Awaited<typeof authority>['issue']>[0]) =>
    (await authority).issue(input)

  test.each<[string, () => Promise<TestCertificate>, string | undefined]>([
    ['a certificate of the authority', () => issueCertificate({ hosts }), undefined],
    [
      'a certificate of another host',
      () => issueCertificate({ hosts: ['ldap.example.com'] }),
      'ldap_certificate_wrong_host',
    ],
    [
      'an expired certificate',
      () => issueCertificate({ hosts, notAfter: Date.now() - 60_000 }),
      'ldap_certificate_expired',
    ],
    [
      'a certificate that is not valid yet',
      () => issueCertificate({ hosts, notBefore: Date.now() + 3_600_000 }),
      'ldap_certificate_untrusted',
    ],
    ['a self-signed certificate', () => selfSigned({ hosts }), 'ldap_certificate_untrusted'],
  ])('sends the password over TLS only: %s', async (_certificate, make, code) => {
    await using slapd = await startSlapd({ ldif, tls: await make() })
    const { cert: ca } = await authority
    expect(await connectVia(slapd, { ca })).toEqual({ code, hasSentPassword: false })
  })

  test('sends no password if the server does not support it', async () => {
    await using slapd = await startSlapd({ ldif })
    expect(await connectVia(slapd, {})).toEqual({ code: 'ldap_starttls_refused', hasSentPassword: false })
    // The relay sees the password of a connection without StartTLS.
    expect(await connectVia(slapd, { startTls: false })).toEqual({ code: undefined, hasSentPassword: true })
  })

  test.each([
    ['refuses', encodeResult(1, 0x78, 2), 'ldap_starttls_refused'],
    ['accepts, and continues in clear', encodeResult(1, 0x78), 'ldap_tls_failed'],
  ])('sends no password if a man in the middle %s', async (_what, startTls, code) => {
    await using slapd = await startSlapd({ ldif, tls: await issueCertificate({ hosts }) })
    const { cert: ca } = await authority
    expect(await connectVia(slapd, { ca, operationTimeout: 2000, connectTimeout: 2000 }, startTls)).toEqual({
      code,
      hasSentPassword: false,
    })
  })
})
