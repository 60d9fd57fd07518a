import type { Client } from '@pocket/core'
import { InvalidInputError } from '@pocket/core/errors'
import type { Context } from 'koa'
import type { ClientPageContext } from './client-page-context.ts'
import type { SiteView } from './page-model.ts'
import { siteSnippets } from './site-snippets.ts'

/** The protected site on the page of its client, with the result of the test in the query. */
export async function siteView(
  { pocket, directory, proxies }: Pick<ClientPageContext, 'pocket' | 'directory' | 'proxies'>,
  ctx: Context,
  client: Client,
): Promise<SiteView | null> {
  const [host] = client.protocol.protectedHosts
  if (host === undefined) return null
  const read = (name: string) => {
    const value = ctx.query[name]
    return typeof value === 'string' ? value.trim().slice(0, 2000).toWellFormed() : ''
  }
  const test = { url: read('url') || `https://${host}/`, method: read('method') || 'GET', user: read('user') }
  const run = async (): Promise<SiteView['test']['result']> => {
    if (ctx.query.url === undefined) return null
    const account = test.user === '' ? null : await directory.findByName(test.user)
    if (account === undefined) return { problem: 'user' }
    try {
      const request = { url: test.url, method: test.method, accountId: account?.id ?? null }
      return { ...(await pocket.testSiteRequest(client.id, request)), problem: null }
    } catch (error) {
      if (error instanceof InvalidInputError) return { problem: 'url' }
      throw error
    }
  }
  const addresses = { pocket: proxies.pocketUrl, issuerHost: new URL(pocket.issuer).host }
  return {
    isProxyTrusted: proxies.isTrusted,
    snippets: siteSnippets(client, addresses),
    test: { ...test, result: await run() },
  }
}
