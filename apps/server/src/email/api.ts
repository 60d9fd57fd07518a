import { actorOf } from '../access/actor.ts'
import { pageAnswer } from '../http/api/list.ts'
import { type Operation, operationsIn } from '../http/api/operation.ts'
import { instant, namedObjectWith, nullableInstant, objectOf, objectWith, pageOf } from '../http/api/schema.ts'
import { sameSitePath } from '../http/same-site-path.ts'
import { type Email, stateOf } from './email.ts'
import type { EmailOperationDeps } from './operation-deps.ts'
import { requestCode } from './request-code.ts'
import { sendingOperations } from './sending-operations.ts'

const accountApi = operationsIn('account')
const settingsApi = operationsIn('settings')

const emailSchema = namedObjectWith(
  'EmailDto',
  ['id', 'kind', 'recipient', 'state', 'attempts', 'createdAt', 'expiresAt'],
  {
    id: { type: 'string', format: 'uuid' },
    kind: { type: 'string', description: 'The kind of e-mail, such as email-verification.' },
    recipient: { type: 'string' },
    userId: { type: ['string', 'null'] },
    locale: { type: ['string', 'null'], description: 'The language of the recipient.' },
    state: { type: 'string', enum: ['waiting', 'sent', 'failed'] },
    attempts: { type: 'integer', minimum: 0 },
    nextAttemptAt: nullableInstant,
    expiresAt: { ...instant, description: 'It is not sent after this instant.' },
    lastError: { type: ['string', 'null'] },
    createdAt: instant,
    sentAt: nullableInstant,
  },
)

export function emailOperations(deps: EmailOperationDeps): readonly Operation[] {
  return [
    ...queueOperations(deps),
    ...sendingOperations(deps),
    ...requestOperations(deps),
    ...verificationOperations(deps),
  ]
}

function queueOperations({ mail }: EmailOperationDeps): readonly Operation[] {
  return [
    settingsApi.get('/api/emails', {
      id: 'listEmails',
      summary: 'List the e-mails of the last 30 days with their delivery state',
      list: {
        sort: ['createdAt', 'sentAt', 'recipient', 'kind', 'attempts'],
        filter: ['state', 'kind', 'recipient'],
        search: true,
      },
      response: { status: 200, schema: pageOf(emailSchema) },
      async handle({ list }) {
        const { items, total } = await mail.queue.list(list)
        return pageAnswer({ items: items.map(emailDto), total }, list)
      },
    }),
    settingsApi.post('/api/emails/:id/retry', {
      id: 'retryEmail',
      summary: 'Retry sending an e-mail',
      handle: ({ params }) => mail.queue.retry(params.id ?? ''),
    }),
  ]
}

function requestOperations(deps: EmailOperationDeps): readonly Operation[] {
  return [
    accountApi.post('/api/one-time-access-email', {
      id: 'requestLoginCode',
      limit: 'one-time-access-email',
      summary: 'Request a login code by e-mail that works only in this browser',
      body: objectWith(['email'], {
        email: { type: 'string', format: 'email', maxLength: 254 },
        redirectPath: {
          type: 'string',
          maxLength: 2000,
          description: 'Path to open after sign-in; starts with a slash.',
        },
      }),
      handle: async ({ body: { email, redirectPath }, ctx }) =>
        requestCode(deps, ctx, { email, redirect: sameSitePath(redirectPath, '') || null }),
    }),
  ]
}

function verificationOperations({ mail }: EmailOperationDeps): readonly Operation[] {
  return [
    accountApi.post('/api/users/me/send-email-verification', {
      id: 'sendEmailVerification',
      limit: 'send-email-verification',
      summary: 'Send yourself a link that verifies your e-mail address',
      async handle({ user }) {
        await mail.verification.begin(user)
        mail.delivery.trigger()
      },
    }),
    accountApi.post('/api/users/me/verify-email', {
      id: 'verifyEmail',
      limit: 'verify-email',
      summary: 'Verify your e-mail address with the token from the link',
      body: objectOf({ token: { type: 'string', minLength: 1, maxLength: 200 } }),
      handle: async (call) => mail.verification.finish(actorOf(call), call.body.token),
    }),
  ]
}

function emailDto(email: Email) {
  const { id, kind, recipient, accountId, locale, attempts, lastError } = email
  const formatInstant = (at: number | null) => (at === null ? null : new Date(at).toISOString())
  return {
    id,
    kind,
    recipient,
    userId: accountId,
    locale,
    state: stateOf(email),
    attempts,
    nextAttemptAt: formatInstant(email.nextAttemptAt),
    expiresAt: formatInstant(email.expiresAt),
    lastError,
    createdAt: formatInstant(email.createdAt),
    sentAt: formatInstant(email.sentAt),
  }
}
