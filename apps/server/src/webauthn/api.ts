import { type Operation, operationsIn } from '../http/api/operation.ts'
import type { Deps } from '../http/deps.ts'
import { findExistingUser } from '../users/find-existing-user.ts'
import { passkeyDto, passkeySchema, userDto, userSchema } from '../users/user-dto.ts'
import { credentialOperations } from './credentials.ts'
import type { PasskeyServices } from './deps.ts'
import { withRestErrors } from './rest-errors.ts'
import {
  authenticationResponseSchema,
  creationOptionsSchema,
  registrationResponseSchema,
  requestOptionsSchema,
} from './schema.ts'

const accountApi = operationsIn('account')

export function webAuthnOperations(deps: Deps & PasskeyServices): readonly Operation[] {
  return [...registrationOperations(deps), ...authenticationOperations(deps), ...credentialOperations(deps)]
}

function registrationOperations({ pocket }: Deps): readonly Operation[] {
  return [
    accountApi.get('/api/webauthn/register/start', {
      id: 'startRegistration',
      summary: 'Start the registration of a passkey',
      response: { status: 200, schema: creationOptionsSchema },
      handle: ({ user, ctx: { req, res } }) =>
        pocket.registration.options(req, res, {
          subject: { accountId: user.id, userName: user.userName, displayName: user.displayName },
          purpose: 'registration',
        }),
    }),
    accountApi.post('/api/webauthn/register/finish', {
      id: 'finishRegistration',
      summary: 'Finish the registration of a passkey',
      body: registrationResponseSchema,
      anyContentType: true,
      response: { status: 200, schema: passkeySchema },
      handle: async ({ user, body, ctx }) =>
        withRestErrors(ctx, 'registration', async () => {
          const input = { response: body, purpose: 'registration', accountId: user.id } as const
          return passkeyDto(await pocket.registration.add(ctx.req, ctx.res, input))
        }),
    }),
  ]
}

function authenticationOperations({ pocket, directory }: Deps): readonly Operation[] {
  return [
    accountApi.get('/api/webauthn/login/start', {
      id: 'startLogin',
      summary: 'Start sign-in with a passkey',
      response: { status: 200, schema: requestOptionsSchema },
      handle: async ({ ctx: { req, res } }) => (await pocket.signIn.request(req, res)).options,
    }),
    accountApi.post('/api/webauthn/login/finish', {
      id: 'finishLogin',
      summary: 'Finish sign-in with a passkey',
      body: authenticationResponseSchema,
      anyContentType: true,
      response: { status: 200, schema: userSchema },
      handle: async ({ body, ctx }) =>
        withRestErrors(ctx, 'authentication', async () => {
          const { id } = await pocket.signIn.withPasskey(ctx.req, ctx.res, body)
          return userDto(await findExistingUser(directory, id))
        }),
    }),
    accountApi.post('/api/webauthn/logout', {
      id: 'logout',
      summary: 'Sign out of this browser',
      // The browser may have cookies of other sessions than the one that has ended.
      beforeNotSignedIn: ({ req, res }) => pocket.signOut(req, res),
      handle: async ({ ctx: { req, res } }) => {
        // An API key has no session to end.
        if (await pocket.session(req, res)) await pocket.signOut(req, res)
      },
    }),
    accountApi.post('/api/webauthn/reauthenticate', {
      id: 'reauthenticate',
      summary: 'Re-authenticate with a passkey, or with a passkey sign-in of the last minute',
      body: authenticationResponseSchema,
      anyContentType: true,
      handle: async ({ body, ctx }) => {
        const { req, res } = ctx
        if (!isResponse(body)) return pocket.reauthentication.withFreshSession(req, res)
        await withRestErrors(ctx, 'authentication', () => pocket.reauthentication.withPasskey(req, res, body))
      },
    }),
  ]
}

function isResponse(body: unknown): boolean {
  return typeof body === 'object' && body !== null && 'response' in body
}
