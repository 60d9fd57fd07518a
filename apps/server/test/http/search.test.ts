import { beforeAll, describe, expect, test } from '@jest/globals'
import { databaseKinds, shareBetweenTests } from '@pocket/test-support'
import { searchablePages } from '../../src/search/searchable-pages.ts'
import { startCalledInstance } from '../api/calls.ts'
import { createPerson } from '../api/people.ts'
import { recordStatements } from '../sent-statements.ts'

const statements = recordStatements()

describe.each(databaseKinds)('the search on %s', (kind) => {
  const instance = shareBetweenTests(() => startCalledInstance(kind))
  beforeAll(async () => {
    for (const name of ['Zephyr Lena', 'ZEPHYR Lars'])
      await createPerson(instance, { displayName: name, firstName: name, email: `${name.slice(-4)}@example.com` })
    await instance.call('POST /api/user-groups', { body: { name: 'zephyr-family', friendlyName: 'Zephyr family' } })
    for (const name of ['Zephyr photos', 'Zéphyr <b>'])
      await instance.call('POST /api/oidc/clients', {
        body: {
          name,
          callbackURLs: [],
          launchURL: name.includes('photos') ? 'https://photos.example.com/start' : null,
        },
      })
  })

  type Results = readonly Readonly<Record<'kind' | 'name' | 'detail' | 'href', string>>[]
  const find = async (text: string, agent = instance.administrator) => {
    const { json } = await instance.call('GET /api/search', {
      query: `?${new URLSearchParams({ query: text })}`,
      agent,
    })
    return json as unknown as { readonly results: Results; readonly summary: string }
  }
  const namesOf = ({ results }: { results: Results }) => results.map((each) => `${each.kind} ${each.name}`)

  test('finds users, groups, clients, applications and pages, case-insensitively', async () => {
    const found = await find('zEPHYR')
    expect(namesOf(found).sort()).toEqual([
      'application Zephyr photos',
      'client Zephyr photos',
      'group Zephyr family',
      'user ZEPHYR Lars',
      'user Zephyr Lena',
    ])
    expect(found.summary).toBe('Results: 5')
    const application = found.results.find((each) => each.kind === 'application')
    expect(application).toMatchObject({ detail: 'photos.example.com', href: 'https://photos.example.com/start' })
    expect(found.results.find(({ name }) => name === 'Zephyr Lena')?.detail).toMatch(/^\S+ · Lena@example\.com$/)
    for (const { kind: of, href } of found.results)
      if (of !== 'application') expect((await instance.administrator.get(instance.url + href)).status).toBe(200)
    expect(namesOf(await find('ZÉPHYR <b>'))).toEqual(['client Zéphyr <b>'])
    expect(namesOf(await find('OVERV'))).toEqual(['page Overview'])
    for (const query of ['%', '_']) expect((await find(query)).results).toEqual([])
  })

  test('finds clients by their hosts, as their list does', async () => {
    await instance.call('POST /api/oidc/clients', {
      body: { name: 'DSM', callbackURLs: ['https://nas.example.org:5001/webman/'] },
    })
    const { results } = await find('NAS.example.org')
    expect(results).toMatchObject([{ kind: 'client', name: 'DSM', detail: 'nas.example.org:5001' }])
    expect(namesOf(await find('webman'))).toEqual([])
    const { json } = await instance.call('GET /api/oidc/clients', { query: '?search=nas.example.org' })
    expect(json.data).toMatchObject([{ name: 'DSM' }])
    const { text } = await instance.administrator.get(`${instance.url}/settings/admin/oidc-clients?search=nas.exam`)
    expect(text).toContain('DSM')
    const { agent } = await instance.personWithoutPasskey('searcher')
    expect(namesOf(await find('nas.example.org', agent))).toEqual([])
  })

  test('offers every page of the navigation before any input', async () => {
    const { results } = await find('')
    const { text } = await instance.administrator.get(`${instance.url}/settings/account`)
    const [menu = ''] = text.split('<main')
    const rail = [...menu.matchAll(/<li><a href="(\/settings\/[^"]+)"/g)].map(([, href]) => href)
    expect(rail.length).toBeGreaterThan(5)
    expect(results.map(({ href }) => href)).toEqual(rail)
  })

  test('finds pages outside the navigation, and links to no missing page', async () => {
    expect((await find('passkeys and')).results).toEqual([
      expect.objectContaining({ name: 'Passkeys and sessions', detail: 'Account', href: '/settings/account/security' }),
    ])
    const paths = [...searchablePages.own, ...searchablePages.administration].map(({ path }) => path.split('#'))
    const pages = new Map<string, { readonly status: number; readonly text: string }>()
    for (const path of new Set(paths.map(([path = '']) => path)))
      pages.set(path, await instance.administrator.get(instance.url + path))
    for (const [path = '', id] of paths) {
      expect([path, pages.get(path)?.status]).toEqual([path, 200])
      if (id !== undefined) expect(pages.get(path)?.text).toContain(`id="${id}"`)
    }
  })

  test.each([
    ['logo', 'setting Pictures /settings/admin/application-configuration#pictures'],
    ['SMTP', 'page E-mail /settings/admin/application-configuration/email'],
    ['mail server', 'page E-mail /settings/admin/application-configuration/email'],
    ['add user', 'page Add user /settings/admin/users/new'],
    ['new client', 'page Add client /settings/admin/oidc-clients/new'],
    ['add app', 'page Add client /settings/admin/oidc-clients/new'],
    ['remove user', 'page Users /settings/admin/users'],
    ['block user', 'page Users /settings/admin/users'],
    ['reset password', 'page Users /settings/admin/users'],
    ['stolen laptop', 'page Users /settings/admin/users'],
    ['forgot password', 'page Users /settings/admin/users'],
    ['make admin', 'page Users /settings/admin/users'],
    ['break glass', 'page Passkeys and sessions /settings/account/security'],
    ['failed logins', 'page Audit log /settings/admin/audit-log'],
    ['export log', 'page Audit log /settings/admin/audit-log'],
    ['Synology', 'page Add client /settings/admin/oidc-clients/new'],
    ['OAuth', 'page Clients /settings/admin/oidc-clients'],
    ['redirect URL', 'page Clients /settings/admin/oidc-clients'],
    ['my devices', 'page Passkeys and sessions /settings/account/security'],
    ['GDPR', 'page Your data /settings/account/data'],
    ['change logo', 'setting Pictures /settings/admin/application-configuration#pictures'],
    ['2FA', 'page Passkeys /settings/admin/passkeys'],
    ['session timeout', 'setting Maximum session /settings/admin/application-configuration#f-sessionDuration'],
    ['back up', 'page Backups /settings/admin/backups'],
    ['rotate keys', 'setting Rotate keys /settings/admin/application-configuration/oidc#keys'],
    ['key rotation', 'setting Rotate keys /settings/admin/application-configuration/oidc#keys'],
    ['geoip', 'page Jobs /settings/admin/jobs'],
    ['export users', 'page Backups /settings/admin/backups'],
    ['invite', 'page Invitations /settings/admin/invitations'],
    ['language', 'page Language /settings/account#language'],
    ['dark mode', 'page Theme /settings/account#theme'],
    ['stay signed in', 'setting Maximum session /settings/admin/application-configuration#f-sessionDuration'],
    ['sender addr', 'setting Sender address /settings/admin/application-configuration/email#f-smtpFrom'],
    ['SMTP_HOST', 'setting Host /settings/admin/application-configuration/email#f-smtpHost'],
    ['ldap base', 'setting Base DN /settings/admin/application-configuration/ldap#f-ldapBase'],
    ['passkey_attestation', 'setting Attestation /settings/admin/passkeys#h-passkeyAttestation'],
  ])('finds “%s” by its name, everyday words or variable', async (query, first) => {
    const [result] = (await find(query)).results
    expect(`${result?.kind} ${result?.name} ${result?.href}`).toBe(first)
    const { text } = await instance.administrator.get(
      `${instance.url}/settings/search?${new URLSearchParams({ query })}`,
    )
    expect(/<a class="item" href="([^"]+)"/.exec(text)?.[1]).toBe(result?.href)
  })

  test('finds pages by English words if the language has none of its own', async () => {
    const { text } = await instance.administrator.get(`${instance.url}/settings/search?query=logo`, {
      headers: { 'accept-language': 'de' },
    })
    expect(text).toContain('lang="de"')
    expect(/<a class="item" href="([^"]+)"/.exec(text)?.[1]).toBe('/settings/admin/application-configuration#pictures')
  })

  test('shows the location of a setting', async () => {
    expect((await find('smtp_host')).results).toEqual([expect.objectContaining({ detail: 'E-mail · SMTP server' })])
    expect((await find('sign-up')).results).toContainEqual(
      expect.objectContaining({ kind: 'setting', detail: 'Sign-up' }),
    )
  })

  test('shows users only their own pages and applications', async () => {
    const { agent } = await instance.personWithoutPasskey('ordinary')
    expect(namesOf(await find('zephyr', agent))).toEqual(['application Zephyr photos'])
    expect(namesOf(await find('ordinary', agent))).toEqual([])
    expect(namesOf(await find('over', agent))).toEqual([])
    expect(namesOf(await find('acc', agent))).toEqual(['page Account', 'page Your data'])
    expect(namesOf(await find('smtp', agent))).toEqual([])
    expect(namesOf(await find('SMTP_HOST', agent))).toEqual([])
    const page = (await agent.get(`${instance.url}/settings/search?query=zephyr`)).text
    expect(page).toContain('https://photos.example.com/start')
    expect(page).not.toContain('/settings/admin')
    expect((await instance.agent().get(`${instance.url}/api/search?query=a`)).status).toBe(401)
    expect((await instance.agent().get(`${instance.url}/settings/search?query=a`)).status).toBe(303)
  })

  test('offers only applications that the user can use', async () => {
    const { agent } = await instance.personWithoutPasskey('outsider')
    const { results } = await find('Zephyr photos')
    const id =
      results
        .find((each) => each.kind === 'client')
        ?.href.split('/')
        .at(-1) ?? ''
    const { json } = await instance.call('GET /api/oidc/clients/{id}', { params: { id } })
    const restricted = { ...json, isGroupRestricted: true }
    await instance.call('PUT /api/oidc/clients/{id}', { params: { id }, body: restricted })
    expect(namesOf(await find('zephyr', agent))).toEqual([])
    await instance.call('PUT /api/oidc/clients/{id}', { params: { id }, body: json })
  })

  test('returns the same results on the page, without a script', async () => {
    const { text } = await instance.administrator.get(`${instance.url}/settings/search?query=zephyr`)
    expect(text).toContain('value="zephyr"')
    expect(text).toContain('Results: 5')
    expect([...text.matchAll(/<a class="item"/g)]).toHaveLength(5)
    const hostile = await instance.administrator.get(
      `${instance.url}/settings/search?query=${encodeURIComponent('"><b>')}`,
    )
    expect(hostile.text).toContain('value="&#34;&gt;&lt;b&gt;"')
    expect(hostile.text).toContain('Nothing matches')
  })

  test('returns at most five results of a kind, with a constant number of statements', async () => {
    const countStatements = () => statements.countDuring(() => find('zephyr'))
    const few = await countStatements()
    for (let count = 0; count < 7; count += 1) {
      await createPerson(instance, { firstName: 'Zephyr' })
      await instance.call('POST /api/user-groups', { body: { name: `zephyr${count}`, friendlyName: `Z ${count}` } })
      await instance.call('POST /api/oidc/clients', {
        body: { name: `Zephyr ${count}`, callbackURLs: [], launchURL: `https://zephyr${count}.example.com` },
      })
    }
    expect(await countStatements()).toBe(few)
    const { results } = await find('zephyr')
    const counts = ['user', 'group', 'client', 'application'].map(
      (of) => results.filter((each) => each.kind === of).length,
    )
    expect(counts).toEqual([5, 5, 5, 5])
  })
})
