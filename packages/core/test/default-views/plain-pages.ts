import type { RenderPage, View } from '@pocket/core'
import type { Host } from '../flows/host.ts'

export const redirectUri = 'https://app.example/callback'

/** The options of a host with the default pages. */
export const plain = {
  pages: { render: (view: View, _req: unknown, standard: Parameters<RenderPage>[2]) => standard.page(view) },
}

/** The URL at which a new client starts. */
export async function authorizationUrl(host: Host, name = 'Photos'): Promise<string> {
  const { client } = await host.client({ name, redirectUris: [redirectUri] })
  return `${host.issuer}/authorize?${new URLSearchParams({ client_id: client.id, redirect_uri: redirectUri, response_type: 'code', scope: 'openid profile email' })}`
}
