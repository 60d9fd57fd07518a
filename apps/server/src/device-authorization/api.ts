import type { PendingDeviceAuthorization } from '@pocket/core'
import { InvalidInputError } from '@pocket/core/errors'
import type { Context } from 'koa'
import { clientMetaDto } from '../clients/client-dto.ts'
import { clientMetaSchema } from '../clients/client-schema.ts'
import { type Operation, operationsIn } from '../http/api/operation.ts'
import { namedObject, objectWith } from '../http/api/schema.ts'
import type { Deps } from '../http/deps.ts'
import type { ClientLogos } from '../images/client-logos.ts'

const accountApi = operationsIn('account')

const code = { type: 'string', description: 'The code that the device shows.' } as const

const infoSchema = namedObject('DeviceCodeInfoDto', {
  scope: { type: 'array', items: { type: 'string' } },
  scopeInfo: {
    type: 'array',
    description: 'The permissions of APIs among the scopes.',
    items: objectWith(['key', 'name'], {
      key: { type: 'string' },
      name: { type: 'string' },
      description: { type: 'string' },
    }),
  },
  authorizationRequired: { type: 'boolean' },
  reauthenticationRequired: { type: 'boolean' },
  client: clientMetaSchema,
})

/** `/api/oidc/device`: approves or denies a device authorization request (RFC 8628 §3.3). */
export function deviceAuthorizationOperations({
  pocket,
  clientLogos,
}: Deps & { readonly clientLogos: ClientLogos }): readonly Operation[] {
  const { deviceAuthorizations } = pocket
  return [
    accountApi.get('/api/oidc/device/info', {
      id: 'getDeviceCodeInfo',
      limit: 'device-login-verification',
      summary: 'Get the authorization request of an application on another device',
      query: { code },
      response: { status: 200, schema: infoSchema },
      async handle({ ctx }) {
        const request = await deviceAuthorizations.find(ctx.req, ctx.res, codeOf(ctx))
        const client = await pocket.clients.find(request.client.id)
        if (!client) throw new InvalidInputError('oidc_invalid_device_code', 'The client no longer exists.')
        const [meta] = await clientLogos.withLogoFlags([clientMetaDto(client)])
        return { ...infoDto(request), client: meta }
      },
    }),
    accountApi.post('/api/oidc/device/verify', {
      id: 'verifyDeviceCode',
      limit: 'device-login-verification',
      summary: 'Approve or deny the authorization request of an application on another device',
      note: 'Consumes a re-authentication if `reauthenticationRequired` is true or the session was started without a passkey.',
      query: { code, decision: { type: 'string', enum: ['approve', 'deny'], default: 'approve' } },
      async handle({ ctx }) {
        const { decision = 'approve' } = ctx.query
        if (decision === 'approve') await deviceAuthorizations.approve(ctx.req, ctx.res, { code: codeOf(ctx) })
        else if (decision === 'deny') await deviceAuthorizations.deny(ctx.req, ctx.res, codeOf(ctx))
        else
          throw new InvalidInputError('validation_failed', 'The decision is `approve` or `deny`.', {
            fields: [{ field: 'decision', code: 'invalid', message: 'must be approve or deny' }],
          })
      },
    }),
  ]
}

/** @throws {InvalidInputError} `validation_failed` without a code, `oidc_invalid_device_code` */
function codeOf({ query: { code: value } }: Context): string {
  if (value === undefined || value === '')
    throw new InvalidInputError('validation_failed', 'code is required', {
      fields: [{ field: 'code', code: 'required', message: 'is required' }],
    })
  if (typeof value === 'string' && value.length <= 64) return value
  throw new InvalidInputError('oidc_invalid_device_code', 'The code does not exist.')
}

function infoDto({ scopes, apis, consentRequired, reauthenticationRequired }: PendingDeviceAuthorization) {
  return {
    scope: scopes,
    scopeInfo: apis
      .flatMap(({ permissions }) => permissions)
      .map(({ key, name, description }) => ({ key, name, ...(description !== '' && { description }) })),
    authorizationRequired: consentRequired,
    reauthenticationRequired,
  }
}
