import type { ServerResponse } from 'node:http'

export const relatedOriginsPath = '/.well-known/webauthn'

/** Lists the origins that may use the passkeys of this relying party (WebAuthn Level 3 §5.11.1). */
export function sendRelatedOrigins(res: ServerResponse, origins: readonly string[]): void {
  res.statusCode = 200
  res.setHeader('Content-Type', 'application/json')
  res.setHeader('Cache-Control', 'public, max-age=300')
  res.end(JSON.stringify({ origins }))
}
