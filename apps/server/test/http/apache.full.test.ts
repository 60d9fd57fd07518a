import { existsSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { UserAgent } from '@pocket/core/testing'
import { describeUnless, eventually, freePort, startProcess } from '@pocket/test-support'
import { passkeyAnswer, startInstance } from '../api/instance.ts'

const guide = new URL('../../../../docs/guides/protect-any-application.md', import.meta.url)
const modules = '/usr/lib/apache2/modules'
const missing = existsSync(`${modules}/mod_auth_openidc.so`)
  ? undefined
  : 'mod_auth_openidc is not installed: apt-get install --no-install-recommends apache2 libapache2-mod-auth-openidc'

/** The configuration that the guide shows, for this client. */
async function readConfiguration(values: Readonly<Record<string, string>>): Promise<string> {
  const shown = /```apache\n(.*?)```/s.exec(await readFile(guide, 'utf8'))?.[1] ?? ''
  return Object.entries(values).reduce((text, [placeholder, value]) => {
    if (!text.includes(placeholder)) throw new Error(`The guide does not contain ${placeholder}.`)
    return text.replaceAll(placeholder, value)
  }, shown)
}

describeUnless(missing, describe)('Apache with the configuration of the guide', () => {
  test('passes the user name of a group member to the application, and denies other users', async () => {
    await using stack = new AsyncDisposableStack()
    const folder = await mkdtemp(join(tmpdir(), 'pocket-apache-'))
    stack.defer(() => rm(folder, { recursive: true, force: true }))
    await chmod(folder, 0o755)
    const instance = stack.use(await startInstance())
    const { url, app, administrator } = instance
    const port = await freePort()
    const site = `http://localhost:${port}`
    const client = await app.pocket.clients.create({
      name: 'Wiki',
      redirectUris: [`${site}/.oidc/callback`],
      skipConsent: true,
    })
    const { plain } = await app.pocket.clients.addSecret(client.id)
    const [member, other] = [await instance.person('grace'), await instance.person('linus')]
    const group = await administrator.postJson(`${url}/api/user-groups`, { name: 'family', friendlyName: 'Family' })
    const { id: groupId } = group.json() as { readonly id: string }
    const body = { userIds: [member.id] }
    await administrator.sendJson('PUT', `${url}/api/user-groups/${groupId}/users`, { body })

    await mkdir(join(folder, 'www'))
    await writeFile(join(folder, 'www', 'index.html'), 'the wiki')
    const loaded = ['mpm_event', 'authn_core', 'authz_core', 'authz_user', 'dir', 'auth_openidc']
    await writeFile(
      join(folder, 'apache.conf'),
      `ServerRoot ${folder}
ServerName localhost
PidFile ${folder}/pid
DefaultRuntimeDir ${folder}
Listen 127.0.0.1:${port}
${loaded.map((name) => `LoadModule ${name}_module ${modules}/mod_${name}.so`).join('\n')}
User nobody
Group nogroup
ErrorLog ${folder}/error.log
LogFormat "%u %>s %U" users
CustomLog ${folder}/access.log users
DocumentRoot ${folder}/www
DirectoryIndex index.html
${await readConfiguration({
  'https://id.example.com': url,
  'https://wiki.example.com': site,
  '<client ID>': client.id,
  '<client secret>': plain,
  '<random text>': 'a text of the test',
})}`,
    )
    stack.use(await startProcess('/usr/sbin/apache2', ['-f', join(folder, 'apache.conf'), '-D', 'FOREGROUND']))
    // Not a navigation, so it is rejected instead of redirected.
    await eventually(async () => expect((await fetch(site)).status).toBe(401))

    const visit = async ({ agent, authenticator }: typeof member) => {
      const signIn = await agent.postJson(
        `${url}/api/webauthn/login/finish`,
        await passkeyAnswer(agent, url, authenticator),
      )
      expect(signIn.status).toBe(200)
      return agent.follow(await agent.get(`${site}/`))
    }
    const entered = await visit(member)
    expect([entered.url, entered.status, entered.text]).toEqual([`${site}/`, 200, 'the wiki'])
    expect((await visit(other)).status).toBe(401)
    const anonymous = await new UserAgent().get(`${site}/`)
    expect(anonymous.location).toContain(`${url}/authorize?`)
    const lines = (await readFile(join(folder, 'access.log'), 'utf8')).split('\n')
    expect(lines).toContain('grace 200 /index.html')
  })
})
