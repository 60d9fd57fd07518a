import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { eventually } from './eventually.ts'
import { freePort, startProcess } from './process.ts'
import type { WebKitPage } from './webkit.ts'

const program = '/usr/bin/firefox-esr'

/** The reason why Firefox cannot be started, or `undefined`; see `describeUnless`. */
export const firefoxUnavailableReason: string | undefined = existsSync(program)
  ? undefined
  : 'Firefox is not installed: apt-get install --no-install-recommends firefox-esr'

/** A page of a headless Firefox. Elements are named by CSS selectors. */
export interface FirefoxPage extends Omit<WebKitPage, 'resize'> {
  /** Adds a virtual authenticator with discoverable credentials (WebAuthn Level 3 §11). Returns its ID. */
  addAuthenticator(options?: {
    readonly isUserVerified?: boolean
    readonly transport?: 'internal' | 'usb'
  }): Promise<string>
  clearCookies(): Promise<void>
}

/**
 * Starts Firefox and speaks Marionette, the protocol behind geckodriver, which neither Debian nor npm contains: the npm
 * package downloads it from elsewhere.
 */
export async function launchFirefox(): Promise<FirefoxPage> {
  await using stack = new AsyncDisposableStack()
  const profile = await mkdtemp(join(tmpdir(), 'pocket-firefox-'))
  stack.defer(() => rm(profile, { recursive: true, force: true, maxRetries: 5 }))
  const port = await freePort()
  const preferences = {
    'marionette.port': port,
    // Virtual authenticators instead of those that are plugged in.
    'security.webauth.webauthn_enable_softtoken': true,
    'security.webauth.webauthn_enable_usbtoken': false,
    'security.webauthn.enable_softtoken': true,
    'security.webauthn.enable_usbtoken': false,
  }
  const lines = Object.entries(preferences).map(([name, value]) => `user_pref("${name}", ${value});\n`)
  await writeFile(join(profile, 'user.js'), lines.join(''))
  const options = ['--headless', '--marionette', '--no-remote', '--profile', profile]
  stack.use(await startProcess(program, options, { env: { HOME: profile, MOZ_CRASHREPORTER_DISABLE: '1' } }))
  const socket = await eventually(() => open(port))
  stack.defer(() => void socket.destroy())
  const send = createMarionetteClient(socket)
  const session = await send('WebDriver:NewSession', { capabilities: {} })
  const read = async (command: string, parameters: object = {}) => (await send(command, parameters)).value
  const find = (selector: string) =>
    eventually(async () => {
      const found = await read('WebDriver:FindElement', { using: 'css selector', value: selector })
      // A reference is an object with one key.
      const [id] = Object.values(Object(found))
      return String(id)
    })
  const started = stack.move()
  return {
    version: String(Object(session.capabilities).browserVersion),
    goto: async (url) => void (await send('WebDriver:Navigate', { url })),
    url: async () => String(await read('WebDriver:GetCurrentURL')),
    text: async () =>
      String(await read('WebDriver:ExecuteScript', { script: 'return document.body.innerText', args: [] })),
    click: async (selector) => void (await send('WebDriver:ElementClick', { id: await find(selector) })),
    fill: async (selector, text) => void (await send('WebDriver:ElementSendKeys', { id: await find(selector), text })),
    evaluate: (script) => read('WebDriver:ExecuteScript', { script, args: [] }),
    async addAuthenticator({ isUserVerified = true, transport = 'internal' } = {}) {
      const authenticator = { protocol: 'ctap2_1', transport, hasResidentKey: true, hasUserVerification: true }
      return String(
        await read('WebAuthn:AddVirtualAuthenticator', { ...authenticator, isUserConsenting: true, isUserVerified }),
      )
    },
    clearCookies: async () => void (await send('WebDriver:DeleteAllCookies')),
    [Symbol.asyncDispose]: () => started.disposeAsync(),
  }
}

async function open(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1')
  await once(socket, 'connect')
  return socket
}

type MarionetteResponse = Readonly<Record<string, unknown>>

/** Messages are `length:JSON`; an answer is `[1, ID, error, result]`. Commands are sent one after the other. */
function createMarionetteClient(socket: Socket): (command: string, parameters?: object) => Promise<MarionetteResponse> {
  let received = Buffer.alloc(0)
  let count = 0
  const waiting = new Map<number, PromiseWithResolvers<MarionetteResponse>>()
  const readMessage = (): unknown => {
    const colon = received.indexOf(':')
    const end = colon + 1 + Number(received.subarray(0, Math.max(0, colon)).toString())
    if (colon < 0 || received.length < end) return undefined
    const message: unknown = JSON.parse(received.subarray(colon + 1, end).toString())
    received = received.subarray(end)
    return message
  }
  socket.on('data', (chunk: Buffer) => {
    received = Buffer.concat([received, chunk])
    for (let message = readMessage(); message !== undefined; message = readMessage()) {
      // The greeting is an object.
      if (!Array.isArray(message)) continue
      const [, id, error, result] = message
      const answer = waiting.get(Number(id))
      if (error) answer?.reject(new Error(`Firefox: ${JSON.stringify(error).slice(0, 500)}`))
      else answer?.resolve(Object(result))
    }
  })
  return (command, parameters = {}) => {
    const id = ++count
    const answer = Promise.withResolvers<MarionetteResponse>()
    waiting.set(id, answer)
    const text = JSON.stringify([0, id, command, parameters])
    socket.write(`${Buffer.byteLength(text)}:${text}`)
    return answer.promise
  }
}
