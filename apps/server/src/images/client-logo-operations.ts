import { actorOf } from '../access/actor.ts'
import { type Operation, operationsIn } from '../http/api/operation.ts'
import { type ClientLogos, maxLogoBytes } from './client-logos.ts'
import { imageNotFound } from './image-errors.ts'
import { imageTypes, markReencoded, reencodedNote, serveImage, staleWhileRevalidate } from './serve.ts'
import { lightQuery, themeOf } from './theme.ts'
import { readUpload } from './upload.ts'

const clientsApi = operationsIn('clients')

const defaultQuery = {
  default: { type: 'boolean', default: false, description: 'Whether to draw the initials of a client without a logo.' },
} as const
const path = '/api/oidc/clients/:id/logo'

export function clientLogoOperations(logos: ClientLogos): readonly Operation[] {
  return [
    clientsApi.get(path, {
      id: 'readOidcClientLogo',
      query: { ...lightQuery, ...defaultQuery },
      summary: 'Read the logo of a client; falls back to the light logo',
      response: { status: 200, types: imageTypes },
      async handle({ ctx, params, query }) {
        const id = params.id ?? ''
        const logo = await logos.findForTheme(id, themeOf(query))
        if (!logo && query.default !== 'true') throw imageNotFound()
        const served = logo ? { ...logo, bytes: () => logos.read(logo) } : await logos.defaultLogo(id)
        await serveImage(ctx, served, staleWhileRevalidate.client)
      },
    }),
    clientsApi.post(path, {
      id: 'replaceOidcClientLogo',
      query: lightQuery,
      summary: 'Replace the logo of a client',
      note: reencodedNote,
      upload: true,
      async handle(call) {
        const bytes = await readUpload(call.ctx, maxLogoBytes)
        const stored = await logos.upload(actorOf(call), call.params.id ?? '', themeOf(call.query), bytes)
        markReencoded(call.ctx, !stored.bytes.equals(bytes))
      },
    }),
    clientsApi.delete(path, {
      id: 'deleteOidcClientLogo',
      query: lightQuery,
      summary: 'Delete the logo of a client',
      handle: (call) => logos.remove(actorOf(call), call.params.id ?? '', themeOf(call.query)),
    }),
  ]
}
