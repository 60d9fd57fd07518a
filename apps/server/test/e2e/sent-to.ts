import type { Page } from '@pocket/test-support'

/**
 * The address of an application to which `act` sends the browser. The application is not there to answer, and need not be:
 * it goes on when the browser has come to its own page that says so, which would interrupt what the test does next.
 */
export async function sentTo(page: Page, application: string, act: () => Promise<unknown>): Promise<string> {
  const [request] = await Promise.all([
    page.waitForRequest((sent) => sent.url().startsWith(application)),
    page.waitForEvent('framenavigated', (frame) => frame.url().startsWith('chrome-error:')),
    act().catch((error: unknown) => {
      // A page may go on by itself before it has loaded.
      if (!/net::ERR|interrupted by another navigation/.test(String(error))) throw error
    }),
  ])
  return request.url()
}
