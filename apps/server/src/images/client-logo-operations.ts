import { actorOf } from '../access/actor.ts'
import { type Operation, operation } from '../http/api/operation.ts'
import { type ClientLogos, maxLogoBytes } from './client-logos.ts'
import { imageTypes, serveImage, staleWhileRevalidate } from './serve.ts'
import { lightQuery, themeOf } from './theme.ts'
import { readUpload } from './upload.ts'

const shared = { area: 'clients', path: '/api/oidc/clients/:id/logo', query: lightQuery } as const

/** The logos of clients. */
export function clientLogoOperations(logos: ClientLogos): readonly Operation[] {
  return [
    operation({
      ...shared,
      id: 'readOidcClientLogo',
      method: 'get',
      summary: 'Read the logo of a client; falls back to the light logo',
      response: { status: 200, types: imageTypes },
      async handle({ ctx, params, query }) {
        const logo = await logos.findForTheme(params.id ?? '', themeOf(query))
        await serveImage(ctx, { ...logo, bytes: () => logos.read(logo) }, staleWhileRevalidate.client)
      },
    }),
    operation({
      ...shared,
      id: 'replaceOidcClientLogo',
      method: 'post',
      summary: 'Replace the logo of a client',
      upload: true,
      response: { status: 204 },
      async handle(call) {
        const bytes = await readUpload(call.ctx, maxLogoBytes)
        await logos.upload(actorOf(call), call.params.id ?? '', themeOf(call.query), bytes)
      },
    }),
    operation({
      ...shared,
      id: 'deleteOidcClientLogo',
      method: 'delete',
      summary: 'Delete the logo of a client',
      response: { status: 204 },
      handle: (call) => logos.remove(actorOf(call), call.params.id ?? '', themeOf(call.query)),
    }),
  ]
}
