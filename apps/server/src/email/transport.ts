import { codeOf } from '../logging/failure.ts'
import type { SettingValues } from '../settings/definitions.ts'
import type { ComposedEmail } from './compose.ts'

export interface Transport {
  /**
   * Stops when `signal` is aborted, regardless of the state of the connection.
   *
   * @throws {EmailRejectedError} if the server rejects it permanently; any other error if a retry may succeed
   */
  send(email: OutgoingEmail, signal: AbortSignal): Promise<void>
}

export interface OutgoingEmail extends ComposedEmail {
  readonly to: string
  /** Identical for all attempts, so that a mailbox can discard duplicates. */
  readonly messageId: string
}

/** The SMTP server rejects this e-mail permanently. */
export class EmailRejectedError extends Error {}

const defaultPorts: Readonly<Record<string, number>> = { none: 25, starttls: 587, tls: 465 }
/** Milliseconds. */
const timeouts = { connectionTimeout: 15_000, greetingTimeout: 15_000, socketTimeout: 30_000, dnsTimeout: 15_000 }

export function createSmtpTransport(settings: () => Promise<SettingValues>): Transport {
  return {
    async send({ to, messageId, subject, text, html, language }, signal) {
      const values = await settings()
      const { smtpHost, smtpFrom, appName } = values
      if (smtpHost === '' || smtpFrom === '') throw new Error('No SMTP server is configured (smtpHost and smtpFrom).')
      // Loaded on first use: an instance without an SMTP server never needs it.
      const { createTransport } = await import('nodemailer')
      const transport = createTransport({
        ...connectionOf(values),
        ...timeouts,
        disableFileAccess: true,
        disableUrlAccess: true,
      })
      try {
        await transport.sendMail({
          from: { name: toSingleLine(appName), address: smtpFrom },
          to: { name: '', address: to },
          subject: toSingleLine(subject),
          text,
          html,
          messageId,
          signal,
          headers: { 'Content-Language': language, 'Auto-Submitted': 'auto-generated' },
        })
      } catch (error) {
        if (signal.aborted) throw new Error('The SMTP server did not respond in time.', { cause: error })
        throw isFinal(error) ? new EmailRejectedError(error.message, { cause: error }) : error
      } finally {
        transport.close()
      }
    },
  }
}

/** Connects and signs in without sending; resolves to the code of the failure, which contains no credentials, or to `undefined`. */
export async function testSmtpConnection(values: SettingValues, signal: AbortSignal): Promise<string | undefined> {
  const { createTransport } = await import('nodemailer')
  const transport = createTransport({ ...connectionOf(values), ...timeouts })
  const close = () => transport.close()
  signal.addEventListener('abort', close, { once: true })
  try {
    await transport.verify()
    return undefined
  } catch (error) {
    return codeOf(error) ?? 'unknown error'
  } finally {
    signal.removeEventListener('abort', close)
    transport.close()
  }
}

function connectionOf({ smtpHost, smtpPort, smtpTls, smtpSkipCertVerify, smtpUser, smtpPassword }: SettingValues) {
  return {
    host: smtpHost,
    port: smtpPort === '' ? defaultPorts[smtpTls] : Number(smtpPort),
    secure: smtpTls === 'tls',
    requireTLS: smtpTls === 'starttls',
    ignoreTLS: smtpTls === 'none',
    tls: { rejectUnauthorized: !smtpSkipCertVerify },
    ...(smtpUser !== '' && { auth: { user: smtpUser, pass: smtpPassword } }),
  }
}

/** Prevents header injection: a header must be one line, even if a name contains line breaks. */
function toSingleLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim()
}

/** A 5xx reply about the recipient or the message is final (RFC 5321 §4.2.1); one about our configuration can be fixed. */
function isFinal(error: unknown): error is Error {
  if (!(error instanceof Error) || !('code' in error) || !('responseCode' in error)) return false
  const { code, responseCode } = error
  return (code === 'EENVELOPE' || code === 'EMESSAGE') && typeof responseCode === 'number' && responseCode >= 500
}
