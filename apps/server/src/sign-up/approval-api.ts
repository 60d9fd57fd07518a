import { actorOf } from '../access/actor.ts'
import { type Operation, operationsIn } from '../http/api/operation.ts'
import { instant, namedObject } from '../http/api/schema.ts'
import { userDto, userSchema } from '../users/user-dto.ts'
import { type Approvals, maxNoteLength, normalizeNote } from './approvals.ts'

const usersApi = operationsIn('users')

const note = {
  type: 'string',
  maxLength: maxNoteLength,
  description: 'A message to the user, sent by e-mail if e-mail is configured and the user has an address.',
} as const
const noteBody = { type: 'object', properties: { note } } as const

const waitingSchema = namedObject('WaitingUserDto', {
  user: userSchema,
  requestedAt: instant,
  awaitsAdministrator: {
    type: 'boolean',
    description: 'Otherwise the user is enabled as soon as the e-mail address is verified.',
  },
})

export function approvalOperations(approvals: Approvals): readonly Operation[] {
  return [
    usersApi.get('/api/signup-approvals', {
      id: 'listSignupApprovals',
      summary: 'List pending sign-ups',
      response: { status: 200, schema: { type: 'array', items: waitingSchema } },
      handle: async () =>
        (await approvals.list()).map(({ user, requestedAt, awaitsAdministrator }) => ({
          user: userDto(user),
          requestedAt: new Date(requestedAt).toISOString(),
          awaitsAdministrator,
        })),
    }),
    usersApi.post('/api/signup-approvals/:id/approve', {
      id: 'approveSignup',
      summary: 'Approve a sign-up and notify the user by e-mail',
      body: noteBody,
      // An empty body means no note.
      anyContentType: true,
      handle: (call) => approvals.approve(actorOf(call), call.params.id ?? '', normalizeNote(call.body.note)),
    }),
    usersApi.post('/api/signup-approvals/:id/refuse', {
      id: 'refuseSignup',
      summary: 'Reject a sign-up and notify the user by e-mail',
      body: noteBody,
      anyContentType: true,
      handle: (call) => approvals.reject(actorOf(call), call.params.id ?? '', normalizeNote(call.body.note)),
    }),
    usersApi.delete('/api/signup-approvals/:id', {
      id: 'rejectSignup',
      summary: 'Reject a sign-up without notification',
      handle: (call) => approvals.reject(actorOf(call), call.params.id ?? '', null),
    }),
  ]
}
