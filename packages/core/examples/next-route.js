import { createPocket } from '@pocket/core'
import { memoryStores } from '@pocket/core/memory'
import { accounts, masterKey, origin } from './settings.js'

// In Next.js, the provider is a separate module, and this is `app/auth/[...path]/route.js`. It must not be bundled:
// `next.config.js` has `serverExternalPackages: ['@pocket/core']`. Each route and page has its own copy of the module, so
// `globalThis` keeps one provider. Next.js itself runs behind `http://127.0.0.1`, so `loopback` trusts the
// `X-Forwarded-For` header that it sets.
globalThis.pocket ??= createPocket({
  issuer: `${origin}/auth`,
  masterKey,
  accounts,
  stores: memoryStores(),
  trustProxy: ['loopback'],
})
export const pocket = await globalThis.pocket

export const GET = (request) => pocket.fetch(request)
// Next.js would answer the others itself, including the preflights of browser applications.
export { GET as DELETE, GET as OPTIONS, GET as POST, GET as PUT }

// In a page: `const session = await pocket.session(await headers())`, with `headers` of `next/headers`.
