import type { SettingValues } from '../settings/definitions.ts'
import type { ComposedEmail } from './compose.ts'

/** Puts one e-mail into the hands of the e-mail server. */
export interface Transport {
  /**
   * Gives up when `signal` says so, whatever the server is doing.
   *
   * @throws {Refused} where the server will never take it; anything else where it is worth another attempt
   */
  send(email: OutgoingEmail, signal: AbortSignal): Promise<void>
}

export interface OutgoingEmail extends ComposedEmail {
  readonly to: string
  /** Stays the same from one attempt to the next, so that a mailbox can drop a second copy. */
  readonly messageId: string
}

/** The e-mail server will not take this e-mail, however often it is asked. */
export class Refused extends Error {}

const defaultPorts: Readonly<Record<string, number>> = { none: 25, starttls: 587, tls: 465 }
/** Milliseconds. */
const maxWait = { connectionTimeout: 15_000, greetingTimeout: 15_000, socketTimeout: 30_000, dnsTimeout: 15_000 }

/** Speaks to the server that the settings name just now. */
export function createSmtpTransport(settings: () => Promise<SettingValues>): Transport {
  return {
    async send({ to, messageId, subject, text, html, language }, signal) {
      const values = await settings()
      const { smtpHost, smtpFrom, appName } = values
      if (smtpHost === '' || smtpFrom === '') throw new Error('No e-mail server is set up (smtpHost and smtpFrom).')
      // Loaded when something is sent: an instance without an e-mail server never needs it.
      const { createTransport } = await import('nodemailer')
      const transport = createTransport({
        ...connectionOf(values),
        ...maxWait,
        disableFileAccess: true,
        disableUrlAccess: true,
      })
      try {
        await transport.sendMail({
          from: { name: oneLine(appName), address: smtpFrom },
          to: { name: '', address: to },
          subject: oneLine(subject),
          text,
          html,
          messageId,
          signal,
          headers: { 'Content-Language': language, 'Auto-Submitted': 'auto-generated' },
        })
      } catch (error) {
        if (signal.aborted) throw new Error('The e-mail server took too long.', { cause: error })
        throw isFinal(error) ? new Refused(error.message, { cause: error }) : error
      } finally {
        transport.close()
      }
    },
  }
}

function connectionOf({ smtpHost, smtpPort, smtpTls, smtpSkipCertVerify, smtpUser, smtpPassword }: SettingValues) {
  return {
    host: smtpHost,
    port: smtpPort === '' ? defaultPorts[smtpTls] : Number(smtpPort),
    secure: smtpTls === 'tls',
    requireTLS: smtpTls === 'starttls',
    ignoreTLS: smtpTls === 'none',
    tls: { rejectUnauthorized: smtpSkipCertVerify !== 'true' },
    ...(smtpUser !== '' && { auth: { user: smtpUser, pass: smtpPassword } }),
  }
}

/** A header is one line, whatever a name holds. */
function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim()
}

/** A reply of 5xx about the recipient or the message itself is final (RFC 5321 §4.2.1); one about us may be mended. */
function isFinal(error: unknown): error is Error {
  if (!(error instanceof Error) || !('code' in error) || !('responseCode' in error)) return false
  const { code, responseCode } = error
  return (code === 'EENVELOPE' || code === 'EMESSAGE') && typeof responseCode === 'number' && responseCode >= 500
}
