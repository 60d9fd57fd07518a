import type { AddressInfo } from 'node:net'
import PostalMime, { type Email } from 'postal-mime'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'

/** An e-mail as received by the server. */
export interface DeliveredEmail {
  readonly to: readonly string[]
  readonly raw: string
  readonly mail: Email
  readonly secure: boolean
  readonly user: string | undefined
}

export interface MailServer extends AsyncDisposable {
  readonly port: number
  readonly delivered: readonly DeliveredEmail[]
  /** Responds to the next recipient with this code. */
  refuseNext(code: number): void
  /** Resolves with the e-mail for this address, once it has arrived. */
  received(address: string): Promise<DeliveredEmail>
  /** Forgets the e-mails for this address, so that the next one is received. */
  forget(address: string): void
}

/** The settings that an instance uses to send its e-mails to the server. */
export function smtpSettings({ port }: Pick<MailServer, 'port'>) {
  return { SMTP_HOST: '127.0.0.1', SMTP_PORT: String(port), SMTP_FROM: 'id@example.com' }
}

/** A real SMTP server on this machine. */
export async function startMailServer(options: SMTPServerOptions = {}, port = 0): Promise<MailServer> {
  const delivered: DeliveredEmail[] = []
  const waiting = new Set<() => void>()
  const refusals: number[] = []
  const server = new SMTPServer({
    authOptional: true,
    logger: false,
    onRcptTo(_address, _session, callback) {
      const code = refusals.shift()
      callback(code === undefined ? null : Object.assign(new Error('Not now'), { responseCode: code }))
    },
    async onData(stream, session, callback) {
      const chunks: Buffer[] = await stream.toArray()
      const bytes = Buffer.concat(chunks)
      delivered.push({
        to: session.envelope.rcptTo.map(({ address }) => address),
        raw: bytes.toString('utf8'),
        mail: await PostalMime.parse(bytes),
        secure: session.secure,
        user: session.user,
      })
      callback()
      for (const look of waiting) look()
    },
    ...options,
  })
  // Clients that reject the certificate close the connection.
  server.on('error', () => {})
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  return {
    port: (server.server.address() as AddressInfo).port,
    delivered,
    refuseNext: (code) => void refusals.push(code),
    received: (address) =>
      new Promise((resolve) => {
        const resolveIfDelivered = () => {
          const found = delivered.find(({ to }) => to.includes(address))
          if (found === undefined) return
          waiting.delete(resolveIfDelivered)
          resolve(found)
        }
        waiting.add(resolveIfDelivered)
        resolveIfDelivered()
      }),
    forget(address) {
      delivered.splice(0, Infinity, ...delivered.filter(({ to }) => !to.includes(address)))
    },
    [Symbol.asyncDispose]: () => new Promise((resolve) => server.close(resolve)),
  }
}
