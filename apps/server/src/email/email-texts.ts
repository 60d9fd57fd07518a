import type { LocationNames } from '../geoip/location-names.ts'
import { deviceNames } from '../http/device.ts'
import type { Messages } from '../http/messages.ts'
import type { Message } from './email.ts'

/** The texts of an e-mail in the recipient's language, before formatting. */
export interface EmailTexts {
  readonly subject: string
  readonly paragraphs: readonly string[]
  readonly code: string | null
  readonly facts: readonly { readonly label: string; readonly value: string }[]
  readonly link: { readonly label: string; readonly url: string } | null
  /** Small print at the end. */
  readonly advice: string | null
}

export interface EmailTextContext {
  readonly messages: Messages
  readonly where: LocationNames
  readonly appName: string
  /** Without a trailing slash. */
  readonly appUrl: string
  /** Milliseconds since the Unix epoch. */
  readonly now: number
}

const noExtras = { code: null, facts: [], link: null, advice: null } as const

export function emailTexts(message: Message, context: EmailTextContext): EmailTexts {
  const { appName, appUrl } = context
  const { text, language } = context.messages
  const values = { appName }
  const remainingTime = (expiresAt: number) => formatDuration(language, expiresAt - context.now)
  switch (message.kind) {
    case 'test':
      return { ...noExtras, subject: text('test.subject', values), paragraphs: [text('test.text', values)] }
    case 'one-time-access': {
      const query = message.redirect === null ? '' : `?${new URLSearchParams({ redirect: message.redirect })}`
      const valid = { duration: remainingTime(message.expiresAt) }
      return {
        ...noExtras,
        subject: text('code.subject', values),
        paragraphs: [
          text('code.text', values),
          [text('code.valid', valid), ...(message.bound ? [text('code.bound')] : [])].join(' '),
        ],
        code: message.code,
        link: { label: text('code.button'), url: `${appUrl}/lc/${encodeURIComponent(message.code)}${query}` },
        advice: text('code.advice'),
      }
    }
    case 'email-verification':
      return {
        ...noExtras,
        subject: text('verification.subject', values),
        paragraphs: [...greeting(context.messages, message.name), text('verification.text', values)],
        link: {
          label: text('verification.button'),
          url: `${appUrl}/verify-email?${new URLSearchParams({ token: message.token })}`,
        },
        advice: text('verification.advice', { duration: remainingTime(message.expiresAt) }),
      }
    case 'new-sign-in':
    case 'code-sign-in':
    case 'recovery-code-used': {
      const isRecovery = message.kind === 'recovery-code-used'
      const userName = 'userName' in message ? message.userName : undefined
      const recoveryKey = userName === undefined ? 'signIn.recovery' : 'signIn.breakGlass'
      const key = isRecovery ? recoveryKey : message.kind === 'code-sign-in' ? 'signIn.code' : 'signIn.text'
      return {
        ...noExtras,
        subject: text(isRecovery ? 'signIn.recoverySubject' : 'signIn.subject', values),
        paragraphs: [
          ...greeting(context.messages, message.name),
          text(key, { ...values, ...(userName !== undefined && { userName }) }),
        ],
        facts: [
          { label: text('signIn.time'), value: formatInstant(language, message.at) },
          { label: text('signIn.device'), value: deviceNames(context.messages)(message.device) },
          { label: text('signIn.place'), value: context.where(message.ipAddress, message.place) },
          { label: text('signIn.address'), value: message.ipAddress ?? '' },
        ].filter(({ value }) => value !== ''),
        link: { label: text('signIn.button'), url: `${appUrl}/settings/account` },
        advice: text('signIn.advice'),
      }
    }
    case 'account-approved':
      return {
        ...noExtras,
        subject: text('approval.subject', values),
        paragraphs: [
          ...greeting(context.messages, message.name),
          text('approval.text', values),
          ...(message.note ? [message.note] : []),
        ],
        link: { label: text('approval.button'), url: `${appUrl}${message.returnPath ?? '/login'}` },
      }
    case 'account-refused':
      return {
        ...noExtras,
        subject: text('refusal.subject', values),
        paragraphs: [...greeting(context.messages, message.name), text('refusal.text', values), message.note],
      }
    case 'api-key-expiring': {
      const keyValues = { keyName: message.keyName, date: formatInstant(language, message.expiresAt) }
      return {
        ...noExtras,
        subject: text('apiKey.subject', keyValues),
        paragraphs: [...greeting(context.messages, message.name), text('apiKey.text', keyValues)],
        advice: text('apiKey.advice'),
      }
    }
    case 'recovery-requested':
    case 'user-recovery-requested': {
      const { userName, readyAt, ipAddress, token } = message
      const paragraph =
        userName === null ? text('recovery.requested', values) : text('recovery.requestedFor', { ...values, userName })
      return {
        ...noExtras,
        subject: text('recovery.requestedSubject', values),
        paragraphs: [
          ...greeting(context.messages, message.name),
          paragraph,
          text('recovery.waits', { date: formatInstant(language, readyAt) }),
        ],
        facts: ipAddress === null ? [] : [{ label: text('signIn.address'), value: ipAddress }],
        link: { label: text('recovery.stop'), url: `${appUrl}/recover/stop?${new URLSearchParams({ token })}` },
        advice: text('recovery.stopAdvice'),
      }
    }
    case 'recovery-code':
      return {
        ...noExtras,
        subject: text('recovery.codeSubject', values),
        paragraphs: [
          ...greeting(context.messages, message.name),
          text('recovery.code', values),
          text('code.valid', { duration: remainingTime(message.expiresAt) }),
        ],
        code: message.code,
        link: { label: text('recovery.button'), url: `${appUrl}/lc/${encodeURIComponent(message.code)}` },
        advice: text('code.advice'),
      }
    case 'invitation':
      return {
        ...noExtras,
        subject: text('invitation.subject', values),
        paragraphs: [text('invitation.text', values)],
        link: { label: text('invitation.button'), url: message.link },
        advice: text('invitation.advice', { duration: remainingTime(message.expiresAt) }),
      }
  }
}

function greeting({ text }: Messages, name: string): readonly string[] {
  return name.trim() === '' ? [] : [text('greeting', { name })]
}

function formatInstant(language: string, at: number): string {
  const format = new Intl.DateTimeFormat(language, {
    dateStyle: 'long',
    timeStyle: 'short',
    timeZone: 'UTC',
  })
  return `${format.format(at)} UTC`
}

const units = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const

/** “15 minutes”: rounded, in the largest unit of which at least one fits. */
function formatDuration(language: string, milliseconds: number): string {
  const [unit, length] = units.find(([, size]) => milliseconds >= size) ?? units[2]
  const count = Math.max(1, Math.round(milliseconds / length))
  return new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay: 'long' }).format(count)
}
