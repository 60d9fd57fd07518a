import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import { chromiumBinary } from './chromium-binary.ts'
import { waitTimeout } from './limits.ts'

/** How {@link launchBrowser} starts Chromium. */
export interface BrowserOptions {
  /** Command-line switches beside the usual ones. */
  readonly args?: readonly string[]
  /** Host names beside `localhost` and where they are on this machine, such as `127.0.0.1:8443`, for any port. Any certificate is good there. */
  readonly hosts?: Readonly<Record<string, string>>
  /** The folder that holds the unpacked Chromium. Default: the system's temporary directory. */
  readonly unpackInto?: string
}

/** A headless Chromium, closed on disposal with all its pages. */
export interface TestBrowser extends AsyncDisposable {
  readonly browser: Browser
  /**
   * A browser profile of its own: no cookies, English, UTC, no motion, unless the options say otherwise. Its pages wait as
   * long as {@link waitTimeout}.
   */
  newContext(options?: BrowserContextOptions): Promise<BrowserContext>
  /** A page in a profile of its own. */
  newPage(options?: BrowserContextOptions): Promise<Page>
}

const local = ['localhost', '*.localhost', '127.0.0.1', '[::1]']
const defaultArgs = [
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-domain-reliability',
  '--no-pings',
  '--disable-gpu',
  // Text has the same width everywhere.
  '--font-render-hinting=none',
]

/** It reaches this machine and nothing else, whatever a page or the browser itself asks for. */
function assertCanModifyUser(hosts: Readonly<Record<string, string>>): readonly string[] {
  const mapped = Object.entries(hosts).map(([host, address]) => `MAP ${host} ${address}`)
  const rules = [...mapped, 'MAP * ~NOTFOUND', ...local.map((host) => `EXCLUDE ${host}`)]
  return [`--host-resolver-rules=${rules.join(', ')}`, ...(mapped.length > 0 ? ['--ignore-certificate-errors'] : [])]
}

/**
 * Starts a headless Chromium: the one that `CHROME_PATH` names, or the one that the npm packages bring. It reaches
 * only this machine: `localhost` and the names below it, `127.0.0.1` and `[::1]`.
 *
 * @throws Error that says why, where it cannot run.
 */
export async function launchBrowser(options: BrowserOptions = {}): Promise<TestBrowser> {
  const binary = await chromiumBinary(options.unpackInto)
  // Loaded when it is needed: it takes half a second, and most tests want no browser.
  const { chromium } = await import('playwright-core')
  const browser = await chromium.launch({
    executablePath: binary.executable,
    args: [...assertCanModifyUser(options.hosts ?? {}), ...defaultArgs, ...(options.args ?? [])],
    env: { ...process.env, ...binary.env },
    // Its sandbox does not work as root nor in most containers, and the only pages it sees are our own.
    chromiumSandbox: false,
  })
  const newContext = async (own: BrowserContextOptions = {}): Promise<BrowserContext> => {
    const context = await browser.newContext({ locale: 'en-US', timezoneId: 'UTC', reducedMotion: 'reduce', ...own })
    context.setDefaultTimeout(waitTimeout)
    return context
  }
  return {
    browser,
    newContext,
    newPage: async (own) => (await newContext(own)).newPage(),
    [Symbol.asyncDispose]: () => browser.close(),
  }
}
