import { execFile } from 'node:child_process'
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { AuthenticationCeremony } from '@pocket/core'
import { SoftwareAuthenticator, UserAgent } from '@pocket/core/testing'
import { freePort, startProcess } from '@pocket/test-support'
import * as oidc from 'openid-client'

const run = promisify(execFile)
const core = join(import.meta.dirname, '../..')
const directory = join(core, '../directory')
const redirectUri = 'http://localhost:9999/callback'
const back = (url: string) => url.startsWith(redirectUri)

/** An empty folder outside of the workspace, into which plain npm has installed what would be published. */
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pocket-examples-'))
  await run('node', [join(core, '../../node_modules/typescript/bin/tsc'), '--build', core, directory])
  await cp(join(core, 'examples'), folder, { recursive: true })
  const manifest = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'))
  for (const cwd of [core, directory]) {
    // By pnpm, which writes the version of a package of the workspace where its manifest says only that it is one.
    await run('pnpm', ['pack', '--pack-destination', folder], { cwd })
    const { name } = JSON.parse(await readFile(join(cwd, 'package.json'), 'utf8'))
    const start = name.slice(1).replace('/', '-')
    manifest.dependencies[name] = `file:${(await readdir(folder)).find((file) => file.startsWith(start))}`
  }
  await writeFile(join(folder, 'package.json'), JSON.stringify(manifest))
  await run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', '--no-package-lock'], { cwd: folder })
}, 240_000)

afterAll(() => rm(folder, { recursive: true, force: true }))

interface Invitation {
  readonly issuer: string
  readonly clientId: string
  readonly code: string
}

/** Makes a passkey with the code or the password of before, and signs in with it in another browser. */
async function signIn({ issuer, clientId, code }: Invitation, password?: string) {
  const { origin } = new URL(issuer)
  const authenticator = new SoftwareAuthenticator()
  const first = new UserAgent()
  const letIn = password
    ? await first.postForm(`${origin}/login`, { name: 'ada@example.com', password })
    : await first.postForm(`${origin}/first-passkey`, { code })
  expect((await first.follow(letIn)).text).toContain('Make a passkey')
  const { options } = (await first.postJson(`${origin}/first-passkey/options`, {})).json() as {
    options: Parameters<SoftwareAuthenticator['create']>[0]
  }
  const response = authenticator.create(options, { origin })
  expect((await first.postJson(`${origin}/first-passkey/answer`, { response })).status).toBe(200)

  const execute = [oidc.allowInsecureRequests]
  const configuration = await oidc.discovery(new URL(issuer), clientId, undefined, oidc.None(), { execute })
  const pkceCodeVerifier = oidc.randomPKCECodeVerifier()
  const url = oidc.buildAuthorizationUrl(configuration, {
    redirect_uri: redirectUri,
    scope: 'openid profile email',
    code_challenge: await oidc.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: 'S256',
  })
  const agent = new UserAgent()
  const page = await agent.follow(await agent.get(url.href))
  const ceremony = page.scriptJson('ceremony') as AuthenticationCeremony
  const answer = { response: authenticator.get(ceremony.options, { origin }) }
  const { redirectTo } = (await agent.postJson(new URL(ceremony.submitTo, page.url).href, answer)).json() as {
    redirectTo: string
  }
  const consent = await agent.follow(await agent.get(new URL(redirectTo, page.url).href))
  const returned = await agent.follow(await agent.submit(consent, consent.form('/consent')), { until: back })
  const tokens = await oidc.authorizationCodeGrant(configuration, new URL(returned.location ?? ''), {
    pkceCodeVerifier,
  })
  const home = (await agent.get(`${origin}/`)).text
  return { page: page.text, claims: tokens.claims(), home }
}

async function start(name: string) {
  const port = await freePort()
  const program = await startProcess('node', [`${name}.js`], {
    cwd: folder,
    env: { PORT: String(port), DATABASE: join(folder, `${name}.sqlite`) },
    readyWhen: /^ready (.*)$/,
  })
  return { program, invitation: JSON.parse(program.ready[1] ?? '') as Invitation }
}

const ada = { sub: 'ada', preferred_username: 'ada', email: 'ada@example.com' }

describe('an example that is installed from the package', () => {
  test.each([
    ['node-http', ada],
    ['koa', ada],
    ['express', ada],
    ['fastify', ada],
    ['nest', ada],
    ['sql-accounts', { sub: '7', preferred_username: 'ada@example.com' }],
    ['directory', { preferred_username: 'ada', name: 'Ada Koch' }],
    ['own-pages', ada],
    ['own-claims', { ...ada, department: 'Radio', album: 'albums/ada' }],
    ['two-issuers', ada],
    ['hsm', ada],
    ['from-passwords', { sub: '7', preferred_username: 'ada@example.com' }],
  ])('%s signs a person in with a passkey', async (name, claims) => {
    const { program, invitation } = await start(name)
    await using _program = program
    const signedIn = await signIn(invitation, name === 'from-passwords' ? 'correct horse' : undefined)
    expect(signedIn.claims).toMatchObject({ iss: invitation.issuer, ...claims })
    if (name === 'from-passwords') {
      const again = { name: 'ada@example.com', password: 'correct horse' }
      expect((await new UserAgent().postForm(`${invitation.issuer}/login`, again)).status).toBe(403)
    }
    expect(signedIn.page).toContain(name === 'own-pages' ? 'Use my passkey' : 'Sign in with a passkey')
    if (/koa|express|fastify|nest/.test(name)) expect(signedIn.home).toBe('Hello ada')
  })
})
