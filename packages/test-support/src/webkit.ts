import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { eventually } from './eventually.ts'
import { freePort, startProcess } from './process.ts'

const programs = ['/usr/bin/WebKitWebDriver', '/usr/bin/Xvfb']

/** The reason why WebKitGTK cannot be started, or `undefined`; see `describeUnless`. */
export const webKitUnavailableReason: string | undefined = programs.every((program) => existsSync(program))
  ? undefined
  : 'WebKitGTK is not installed: apt-get install --no-install-recommends webkit2gtk-driver xvfb'

/** A page of a WebKitGTK on a virtual display. Elements are named by CSS selectors. */
export interface WebKitPage extends AsyncDisposable {
  readonly version: string
  goto(url: string): Promise<void>
  url(): Promise<string>
  /** The visible text of the page. */
  text(): Promise<string>
  /** Waits for the element, and clicks it. */
  click(selector: string): Promise<void>
  fill(selector: string, text: string): Promise<void>
  /** Returns the result of a script's `return` statement. */
  evaluate(script: string): Promise<unknown>
  /** In pixels, with the frame of the window. */
  resize(width: number, height: number): Promise<void>
}

/** Starts WebKitGTK with Debian's WebDriver. It needs a display, because it has no headless mode. */
export async function launchWebKit(): Promise<WebKitPage> {
  await using stack = new AsyncDisposableStack()
  const home = await mkdtemp(join(tmpdir(), 'pocket-webkit-'))
  stack.defer(() => rm(home, { recursive: true, force: true, maxRetries: 5 }))
  const display = await startProcess(
    '/usr/bin/Xvfb',
    ['-displayfd', '1', '-screen', '0', '1280x900x24', '-nolisten', 'tcp'],
    {
      readyWhen: /^(\d+)$/,
    },
  )
  stack.use(display)
  const port = await freePort()
  const env = {
    HOME: home,
    DISPLAY: `:${display.ready[1]}`,
    GDK_BACKEND: 'x11',
    NO_AT_BRIDGE: '1',
    WEBKIT_DISABLE_COMPOSITING_MODE: '1',
    // As root and in most containers there are no namespaces for a sandbox, and the browser opens only our own pages.
    WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: '1',
  }
  stack.use(await startProcess('/usr/bin/WebKitWebDriver', ['--host=127.0.0.1', `--port=${port}`], { env }))
  const send = async (method: string, path: string, body?: object): Promise<unknown> => {
    const init = { method, ...(body && { body: JSON.stringify(body) }) }
    const response = await fetch(`http://127.0.0.1:${port}${path}`, init)
    const { value } = Object(await response.json())
    if (!response.ok) throw new Error(`WebKit: ${JSON.stringify(value).slice(0, 500)}`)
    return value
  }
  await eventually(() => send('GET', '/status'))
  const { sessionId, capabilities } = Object(await send('POST', '/session', { capabilities: { alwaysMatch: {} } }))
  const session = `/session/${sessionId}`
  stack.defer(() => send('DELETE', session).then(() => undefined))
  const post = (path: string, body: object = {}) => send('POST', session + path, body)
  const find = (selector: string) =>
    eventually(async () => {
      // A reference is an object with one key.
      const [id] = Object.values(Object(await post('/element', { using: 'css selector', value: selector })))
      return String(id)
    })
  const evaluate = (script: string) => post('/execute/sync', { script, args: [] })
  const started = stack.move()
  return {
    version: String(Object(capabilities).browserVersion),
    goto: async (url) => void (await post('/url', { url })),
    url: async () => String(await send('GET', `${session}/url`)),
    text: async () => String(await evaluate('return document.body.innerText')),
    click: async (selector) => void (await post(`/element/${await find(selector)}/click`)),
    fill: async (selector, text) => void (await post(`/element/${await find(selector)}/value`, { text })),
    evaluate,
    resize: async (width, height) => void (await post('/window/rect', { width, height })),
    [Symbol.asyncDispose]: () => started.disposeAsync(),
  }
}
