import type { Page } from '@pocket/test-support'

/**
 * The URL of an application to which `act` sends the browser. The application does not need to run: the test continues on the
 * browser's own error page, whose load would otherwise interrupt the next step.
 */
export async function waitForRedirect(page: Page, application: string, act: () => Promise<unknown>): Promise<string> {
  const [request] = await Promise.all([
    page.waitForRequest((sent) => sent.url().startsWith(application)),
    page.waitForEvent('framenavigated', (frame) => frame.url().startsWith('chrome-error:')),
    act().catch((error: unknown) => {
      // A page can navigate automatically before it has loaded.
      if (!/net::ERR|interrupted by another navigation/.test(String(error))) throw error
    }),
  ])
  return request.url()
}
