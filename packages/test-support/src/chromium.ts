import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import { chromiumBinary } from './chromium-binary.ts'
import { waitTimeout } from './timeouts.ts'

/** How {@link launchBrowser} starts Chromium. */
export interface BrowserOptions {
  /** Additional command-line switches. */
  readonly args?: readonly string[]
  /**
   * Maps additional host names to addresses on this machine, such as `127.0.0.1:8443`, for any port. Their certificates are
   * not checked.
   */
  readonly hosts?: Readonly<Record<string, string>>
}

/** A headless Chromium that is closed with all its pages on disposal. */
export interface TestBrowser extends AsyncDisposable {
  readonly browser: Browser
  /**
   * Creates a separate browser profile: no cookies, English, UTC, reduced motion, unless the options differ. Its pages wait
   * up to {@link waitTimeout}.
   */
  newContext(options?: BrowserContextOptions): Promise<BrowserContext>
  /** Opens a page in a new profile. */
  newPage(options?: BrowserContextOptions): Promise<Page>
}

const localHosts = ['localhost', '*.localhost', '127.0.0.1', '[::1]']
const defaultArgs = [
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-domain-reliability',
  '--no-pings',
  '--disable-gpu',
  // Makes text widths identical on all machines.
  '--font-render-hinting=none',
]

/** Restricts the browser to this machine, for pages and for its own requests. */
function networkArgs(hosts: Readonly<Record<string, string>>): readonly string[] {
  const mappings = Object.entries(hosts).map(([host, address]) => `MAP ${host} ${address}`)
  const rules = [...mappings, 'MAP * ~NOTFOUND', ...localHosts.map((host) => `EXCLUDE ${host}`)]
  return [`--host-resolver-rules=${rules.join(', ')}`, ...(mappings.length > 0 ? ['--ignore-certificate-errors'] : [])]
}

/**
 * Starts a headless Chromium: that of `CHROME_PATH`, or that of the npm packages. It can reach only this machine: `localhost`
 * and its subdomains, `127.0.0.1` and `[::1]`.
 *
 * @throws Error with the reason if it cannot run.
 */
export async function launchBrowser(options: BrowserOptions = {}): Promise<TestBrowser> {
  const binary = await chromiumBinary()
  // Loaded on demand: it takes half a second, and most tests need no browser.
  const { chromium } = await import('playwright-core')
  const browser = await chromium.launch({
    executablePath: binary.executable,
    args: [...networkArgs(options.hosts ?? {}), ...defaultArgs, ...(options.args ?? [])],
    env: { ...process.env, ...binary.env },
    // The sandbox works neither as root nor in most containers, and the browser opens only our own pages.
    chromiumSandbox: false,
  })
  const newContext = async (contextOptions: BrowserContextOptions = {}): Promise<BrowserContext> => {
    const context = await browser.newContext({
      locale: 'en-US',
      timezoneId: 'UTC',
      reducedMotion: 'reduce',
      ...contextOptions,
    })
    context.setDefaultTimeout(waitTimeout)
    return context
  }
  return {
    browser,
    newContext,
    newPage: async (contextOptions) => (await newContext(contextOptions)).newPage(),
    [Symbol.asyncDispose]: () => browser.close(),
  }
}
