import { once } from 'node:events'
import { createServer } from 'node:tls'
import { beforeAll, describe, expect, test } from '@jest/globals'
import { databaseKinds, freePort, quickOnly, shareBetweenTests } from '@pocket/test-support'
import { selfSigned } from '@pocket/test-support/certificates'
import { certificateFindings } from '../../src/diagnosis/public-address.ts'
import { startCalledInstance } from '../api/calls.ts'
import { createPerson } from '../api/people.ts'
import { changeSettings } from '../api/setting-calls.ts'
import { recordStatements } from '../sent-statements.ts'
import { setUpAdministrator, startApp } from './app.ts'

const statements = recordStatements()

const day = 86_400_000
const overview = '/settings/admin'

/** The number next to a word. */
const readFigure = (page: string, word: string) =>
  new RegExp(`<dt>(?:<a [^>]*>)?${word}[\\s\\S]*?<dd>([^<]*)`).exec(page)?.[1]

describe.each(databaseKinds)('the overview on %s', (kind) => {
  const instance = shareBetweenTests(() => startCalledInstance(kind))
  let administratorId: string
  beforeAll(async () => {
    administratorId = String((await instance.call('GET /api/users/me')).json.id)
  })

  const get = (path: string, agent = instance.administrator) => agent.get(instance.url + path)
  const fetchOverview = async () => (await get(overview)).text
  /** The link and the text of each finding. */
  const findings = (page: string) =>
    [...page.matchAll(/<a class="item" href="([^"]*)">[\s\S]*?<strong>([^<]*)</g)].map(([, href, text]) => [href, text])
  const executeSql = (text: string, parameters: readonly (string | number | boolean | null)[] = []) =>
    statements.database().execute(text, parameters)

  /** `count` audit log entries of this age in milliseconds. */
  async function addAuditEntries(event: string, count: number, age: number, data = '{}'): Promise<void> {
    const at = Date.now() - age
    await executeSql(
      `WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ${count})
        INSERT INTO pocket_audit (id, created_at, event, data, occurrences, last_at, searched)
        SELECT '${at}-' || n || '-${event.slice(-9)}', ${at} - n, '${event}', $1, 1, ${at}, '' FROM numbers`,
      [data],
    )
  }

  test('shows one sentence if all is well, and otherwise the findings, most severe first', async () => {
    await executeSql('UPDATE pocket_passkey SET backed_up = $1', [true])
    expect(findings(await fetchOverview())).toEqual([['/settings/admin/backups', 'There is no backup']])
    await addAuditEntries('DATA_EXPORTED', 1, 0, '{"format":"json"}')
    expect(findings(await fetchOverview())).toHaveLength(1)
    await addAuditEntries('DATA_EXPORTED', 1, 1, '{"format":"archive"}')
    const well = await fetchOverview()
    expect(findings(well)).toEqual([])
    expect(well).toContain('<p>Everything is all right.</p>')
    expect(readFigure(well, 'E-mail')).toBe('Not set up')
    expect([well.includes('In 30 days: 0'), readFigure(well, 'Signing key')]).toEqual([true, undefined])

    await executeSql('UPDATE pocket_passkey SET backed_up = $1', [false])
    const singleAdministrator = await fetchOverview()
    expect(singleAdministrator).toContain('<p>Problems: 1</p>')
    expect(findings(singleAdministrator)).toEqual([
      ['/settings/account/security', 'Only one device can sign in as an administrator'],
    ])
    const { code } = await instance.app.issueBreakGlassCode('ada')
    expect(code).toHaveLength(19)
    expect(findings(await fetchOverview())).toEqual([
      ['/settings/admin/users?filters[isAdmin]=true', 'Administrators who could be locked out: 1'],
    ])

    await executeSql(
      // A run that has not ended yet no longer has the lease, so its outcome does not replace this one.
      `UPDATE pocket_job SET last_outcome = 'failed', last_finished_at = $1, last_error = 'no', next_run_at = $2,
      lease_owner = NULL WHERE name = 'rotate-keys'`,
      [Date.now(), Date.now() + day],
    )
    await executeSql(
      `INSERT INTO pocket_approval (account_id, requested_at, awaits_administrator, awaits_verification) VALUES ($1, 0, $2, $3)`,
      [administratorId, true, false],
    )
    const both = await fetchOverview()
    expect(both).toContain('<p>Problems: 3</p>')
    expect(findings(both).map(([href]) => href)).toEqual([
      '/settings/admin/jobs',
      '/settings/admin/approvals',
      '/settings/admin/users?filters[isAdmin]=true',
    ])
    expect(findings(both)[0]?.[1]).toBe('“Rotate signing keys” failed')
    await executeSql(`UPDATE pocket_job SET last_outcome = 'succeeded' WHERE name = 'rotate-keys'`)
    await executeSql('DELETE FROM pocket_approval')
    await executeSql('UPDATE pocket_passkey SET backed_up = $1', [true])
  })

  test('names clients whose last secret expires, and API keys that expire, but no new ones', async () => {
    const clientSecret = (expiresAt: number | null) => ({ id: 's', hash: 'h', prefix: 'p', createdAt: 0, expiresAt })
    const soon = Date.now() + 3 * day
    const kept = {
      'No secret at all': [],
      'Another one stays': [clientSecret(soon), clientSecret(null)],
      'A later one': [clientSecret(soon), clientSecret(soon + 90 * day)],
      'Ends soon': [clientSecret(soon - day), clientSecret(soon)],
      'Has ended': [clientSecret(1)],
    }
    for (const [name, secrets] of Object.entries(kept)) {
      const { json } = await instance.call('POST /api/oidc/clients', { body: { name, callbackURLs: [] } })
      await executeSql('UPDATE pocket_client SET secrets = $2 WHERE id = $1', [
        String(json.id),
        JSON.stringify(secrets),
      ])
    }
    const expiresAt = (days: number) => new Date(Date.now() + days * day).toISOString()
    await instance.call('POST /api/api-keys', { body: { name: 'backup', expiresAt: expiresAt(2) } })
    await instance.call('POST /api/api-keys', { body: { name: 'later', expiresAt: expiresAt(200) } })
    await executeSql('UPDATE pocket_client SET secrets = $2 WHERE name = $1', [
      'Another one stays',
      JSON.stringify([{ ...clientSecret(soon), createdAt: Date.now() }]),
    ])
    expect(findings(await fetchOverview()).map(([, text]) => text)).toEqual([
      'The secret of Has ended has expired',
      'The secret of Ends soon expires soon',
    ])
    await executeSql('UPDATE pocket_client SET secrets = $2 WHERE name = $1', [
      'Another one stays',
      JSON.stringify(kept['Another one stays']),
    ])
    await executeSql('UPDATE pocket_api_key SET created_at = $1', [0])
    const page = await fetchOverview()
    expect(findings(page).map(([, text]) => text)).toEqual([
      'The secret of Has ended has expired',
      'The secret of Ends soon expires soon',
      'The API key “backup” expires soon',
    ])
    expect(findings(page)[2]?.[0]).toBe('/settings/api-keys')
    await executeSql('UPDATE pocket_api_key SET owner_id = $1', ['5f0c2a53-2a3e-4c8e-9a62-0a54f1b6f9d1'])
    expect(findings(await fetchOverview())[2]?.[0]).toBe('/settings/admin/users/5f0c2a53-2a3e-4c8e-9a62-0a54f1b6f9d1')
    expect(readFigure(page, 'API key: backup · ')).toMatch(/\d{4}/)
    for (let number = 0; number < 6; number += 1)
      await instance.call('POST /api/api-keys', { body: { name: `many${number}`, expiresAt: expiresAt(9) } })
    const [first, all] = [await fetchOverview(), await get(`${overview}?ends=all`)]
    expect(first).toContain(`<a class="more" href="${overview}?ends=all#ends">and 2 more</a>`)
    expect(all.text.match(/API key: /g)?.length).toBeGreaterThan(first.match(/API key: /g)?.length ?? 0)
    for (let number = 0; number < 6; number += 1)
      expect(readFigure(all.text, `API key: many${number}`)).toMatch(/\d{4}/)
    await executeSql(`UPDATE pocket_client SET secrets = '[]'`)
    await executeSql('DELETE FROM pocket_api_key')
  })

  test('lists only secrets, keys and links that expire within thirty days', async () => {
    expect(await fetchOverview()).toContain('In 30 days: 0')
    const shiftKey = "UPDATE pocket_key SET status_since = status_since + $1 WHERE status = 'current'"
    await executeSql(shiftKey, [-70 * day])
    const withKey = await fetchOverview()
    expect([withKey.includes('In 30 days: 0'), readFigure(withKey, 'Signing key')]).toEqual([
      false,
      expect.stringMatching(/\d{4}/),
    ])
    await executeSql(shiftKey, [70 * day])
    await executeSql(
      `INSERT INTO pocket_signup_token (id, token_hash, group_ids, usage_limit, usage_count, expires_at, created_at)
        VALUES ('5f0c2a53-2a3e-4c8e-9a62-0a54f1b6f9d2', 'h', '[]', 1, 0, $1, 0)`,
      [Date.now() + 40 * day],
    )
    expect(await fetchOverview()).toContain('In 30 days: 0')
    await executeSql('UPDATE pocket_signup_token SET expires_at = $1', [Date.now() + 20 * day])
    expect(readFigure(await fetchOverview(), 'Invitations: 1')).toMatch(/\d{4}/)
    await executeSql('DELETE FROM pocket_signup_token')
  })

  test('counts enabled users by their sign-in methods', async () => {
    const people = await Promise.all([1, 2].map(() => createPerson(instance)))
    await createPerson(instance, { disabled: true })
    await executeSql('UPDATE pocket_passkey SET backed_up = $1', [false])
    const page = await fetchOverview()
    expect(page).toContain('Can sign in: 1')
    const { text: users } = await get('/settings/admin/users')
    expect(users).toContain('<p>Can sign in: 1&nbsp;· ')
    expect(users).toContain('>Without a passkey: 2</a>')
    expect(readFigure(page, 'Without a passkey')).toBe('2')
    expect(readFigure(page, 'One passkey')).toBe('1')
    expect(readFigure(page, 'On one device only')).toBe('1')
    const links = [...page.matchAll(/href="(\/settings\/admin\/users\?filters[^"]+)"/g)].map(([, href]) => String(href))
    const listed = await Promise.all(
      links.map(async (href) => (await get(href.replaceAll('&amp;', '&'))).text.match(/name="ids"/g)?.length ?? 0),
    )
    // The administrator who could be locked out, and the three kinds of users.
    expect(listed).toEqual([1, 2, 1, 1])
    for (const { id } of people) await instance.call('DELETE /api/users/{id}', { params: { id } })
    await executeSql('UPDATE pocket_passkey SET backed_up = $1', [true])
  })

  test('shows the state of e-mail', async () => {
    const insertEmail = (id: string, at: number, next: number | null, sent: number | null) =>
      executeSql(
        `INSERT INTO pocket_email (id, kind, recipient, data, attempts, next_attempt_at, expires_at, created_at, sent_at)
          VALUES ($1, 'test', 'a@example.com', '', 1, $2, $3, $4, $5)`,
        [id, next, Date.now() + 90 * day, at, sent],
      )
    const later = Date.now() + day
    await insertEmail('1', Date.now() - day, null, null)
    await insertEmail('2', Date.now() - 8 * day, null, null)
    await insertEmail('3', Date.now() - day, later, null)
    await insertEmail('4', Date.now() - day, null, Date.now())
    const off = await fetchOverview()
    expect(findings(off)).toEqual([
      ['/settings/admin/emails?filters[state]=failed', 'E-mails that could not be sent: 1'],
    ])
    expect(readFigure(off, 'E-mail')).toBe('Not set up')
    await changeSettings(instance, {
      smtpHost: 'localhost',
      smtpFrom: 'a@example.com',
      emailLoginNotificationEnabled: 'true',
    })
    const stuck = await fetchOverview()
    expect(readFigure(stuck, 'E-mail')).toBe('Waiting: 1 · Failed: 1')
    expect(findings(stuck).map(([, text]) => text)).toContain('E-mails still waiting: 1')
    await changeSettings(instance, { smtpHost: '', smtpFrom: '' })
    await executeSql('DELETE FROM pocket_email')
    expect(findings(await fetchOverview())).toEqual([
      ['/settings/admin/application-configuration/email', 'No e-mail server'],
    ])
    await changeSettings(instance, { smtpHost: '', smtpFrom: '', emailLoginNotificationEnabled: 'false' })
  })

  test('reports a signing key that is overdue for rotation', async () => {
    const current = "UPDATE pocket_key SET status_since = status_since + $1 WHERE status = 'current'"
    await executeSql(current, [-400 * day])
    expect(findings(await fetchOverview())).toEqual([
      ['/settings/admin/jobs', 'The signing key is overdue for rotation'],
    ])
    await executeSql(current, [400 * day])
    expect(findings(await fetchOverview())).toEqual([])
  })

  test('shows the state of LDAP imports and provisioning', async () => {
    const states = async () => ['LDAP', 'Provisioning'].map((word) => readFigure(page, word)?.trim())
    let page = await fetchOverview()
    expect(await states()).toEqual(['Not set up', 'Not set up'])
    await changeSettings(instance, {
      ldapEnabled: 'true',
      ldapUrl: 'ldap://localhost:1',
      ldapBindDn: 'cn=pocket',
      ldapBindPassword: 'secret',
      ldapBase: 'dc=example',
      ldapAttributeUserUniqueIdentifier: 'uid',
      ldapAttributeUserUsername: 'uid',
      ldapAttributeUserEmail: 'mail',
      ldapAttributeUserFirstName: 'givenName',
      ldapAttributeUserLastName: 'sn',
      ldapAttributeGroupUniqueIdentifier: 'cn',
      ldapAttributeGroupName: 'cn',
    })
    const { json } = await instance.call('POST /api/oidc/clients', { body: { name: 'Target', callbackURLs: [] } })
    await instance.call('POST /api/scim/service-provider', {
      body: { endpoint: 'https://target.example/scim', token: 't', oidcClientId: String(json.id) },
    })
    const addRun = (id: string, outcome: string, age: number) =>
      executeSql(
        `INSERT INTO pocket_ldap_run
            (id, started_by, outcome, started_at, finished_at, details, counts, problems, problem_count, settings_hash)
          VALUES ($1, 'job', $3, $2, $2, '{}', '{}', '[]', 0, $1)`,
        [id.padStart(36, '0'), Date.now() - age, outcome],
      )
    await addRun('1', 'failed', 3 * day)
    await addRun('2', 'dry', day)
    page = await fetchOverview()
    expect(await states()).toEqual(['Failed · 3 days ago', 'Up to date'])
    await addRun('3', 'succeeded', 2 * day)
    await executeSql('UPDATE pocket_scim_provider SET failed = $1, finished_at = $2', [true, Date.now()])
    page = await fetchOverview()
    expect(await states()).toEqual(['Imported · 2 days ago', 'Failed: 1'])
    expect(findings(page).map(([, text]) => text)).toContain('Provisioning of Target is incomplete')
    await executeSql('DELETE FROM pocket_ldap_run')
    await changeSettings(instance, { ldapEnabled: 'false' })
    await instance.call('DELETE /api/oidc/clients/{id}', { params: { id: String(json.id) } })
  })

  test('shows the sign-ins of thirty days as a chart and a table, and the causes of failures', async () => {
    await executeSql('DELETE FROM pocket_audit')
    await addAuditEntries('SIGN_IN', 3, 3 * day)
    await addAuditEntries('REMOTE_SIGN_IN', 4, 3 * day)
    await addAuditEntries('SIGN_IN', 50, 40 * day)
    await addAuditEntries('SIGN_IN_FAILED', 2, day, '{"code":"passkey_not_known"}')
    await addAuditEntries('SIGN_IN_FAILED', 5, 2 * day, '{"code":"challenge_expired"}')
    await addAuditEntries('SIGN_IN_FAILED', 9, 10 * day, '{"code":"challenge_expired"}')
    await executeSql(
      `UPDATE pocket_audit SET occurrences = 10 WHERE event = 'SIGN_IN_FAILED' AND data LIKE '%not_known%'`,
    )
    const page = await fetchOverview()
    expect(page).toContain('Last 30 days: 7')
    expect(/<svg class="chart"[\s\S]*?<\/svg>/.exec(page)?.[0].match(/<rect /g)).toHaveLength(30)
    const cells = [...page.matchAll(/<th scope="row">[^<]+<\/th><td>(\d+)<\/td>/g)].map(([, count]) => Number(count))
    expect(cells).toHaveLength(30)
    expect(cells.filter((count) => count > 0)).toEqual([7])
    expect(page).toContain('Last 7 days: 25')
    expect(
      [...page.matchAll(/<code class="muted">([^<]+)<\/code><\/dt><dd>(\d+)/g)].map((found) => found.slice(1)),
    ).toEqual([
      ['passkey_not_known', '20'],
      ['challenge_expired', '5'],
    ])
    expect(findings(page).map(([, text]) => text)).toEqual(['Most sign-ins failed this week: 25', 'There is no backup'])
  })

  test('uses a constant number of statements for any amount of data, and counts with indexes', async () => {
    const few = await statements.countDuring(fetchOverview)
    await addAuditEntries('TOKEN_SIGN_IN', 2000, 3 * day)
    await addAuditEntries('CLIENT_AUTHORIZATION', 20_000, 3 * day)
    await addAuditEntries('SIGN_IN_FAILED', 20_000, 4 * day, '{"code":"challenge_expired"}')
    await executeSql(kind === 'SQLite' ? 'ANALYZE' : 'VACUUM ANALYZE pocket_audit')
    expect(await statements.countDuring(fetchOverview)).toBe(few)
    // Counts only recent entries.
    const sent = await statements.recordDuring(async () => {
      expect(await fetchOverview()).toContain('Last 7 days: 10,018')
    })
    const count = sent.findLast(({ sql }) => sql.includes('TOKEN_SIGN_IN') && sql.includes('GROUP BY'))
    const explained = `${kind === 'SQLite' ? 'EXPLAIN QUERY PLAN' : 'EXPLAIN'} ${count?.sql}`
    const plan = JSON.stringify(await statements.database().query(explained, count?.parameters))
    expect(plan).toMatch(
      kind === 'SQLite' ? /COVERING INDEX pocket_audit_event/ : /Index (Only )?Scan (using|on) pocket_audit_event/,
    )
  })

  test('reports a used break-glass code to every administrator for a week, even without e-mail', async () => {
    const { code } = await instance.app.issueBreakGlassCode('ada')
    const used = ['/settings/admin/audit-log?filters[event]=RECOVERY_CODE_USED', 'A break-glass code was used']
    expect(findings(await fetchOverview())).not.toContainEqual(used)
    const entered = await instance.agent().postForm(`${instance.url}/lc`, { code, redirect: '' })
    expect(entered.status).toBe(303)
    expect(findings(await fetchOverview())).toContainEqual(used)
    await executeSql(`UPDATE pocket_audit SET created_at = $1 WHERE event = 'RECOVERY_CODE_USED'`, [
      Date.now() - 8 * day,
    ])
    expect(findings(await fetchOverview())).not.toContainEqual(used)
  })
})

quickOnly(test)('checks the certificate of the public URL, and warns before it expires', async () => {
  const port = await freePort()
  const [notBefore, notAfter] = [Date.now() - 60 * day, Date.now() + 3 * day]
  await using proxy = createServer(await selfSigned({ hosts: ['localhost'], notBefore, notAfter }))
  await once(proxy.listen(port, 'localhost'), 'listening')
  await using running = await startApp({ APP_URL: `https://localhost:${port}`, TRUST_PROXY: 'true' })
  const agent = running.agent()
  await setUpAdministrator(agent, running.url)
  const waitForCertificate = async (): Promise<string> => {
    const { text } = await agent.get(running.url + overview)
    return text.includes('Certificate of localhost') ? text : waitForCertificate()
  }
  const text = await waitForCertificate()
  expect(text).toContain('The certificate of localhost expires soon')
  expect(text).toContain(`The certificate of localhost:${port} is not trusted`)
  expect(readFigure(text, 'Certificate of localhost')).toContain(String(new Date(notAfter).getUTCFullYear()))
})

quickOnly(test).each([
  [60, 90, []],
  [6, 90, ['certificateEnds']],
  // It is renewed every few days.
  [3, 6, []],
  [1, 6, ['certificateEnds']],
  [0, 6, ['certificateEnded']],
])('warns in time about a certificate that expires in %d of %d days', (left, lifetime, names) => {
  const endsAt = left * day
  const certificate = { host: 'id.example.com', startsAt: endsAt - lifetime * day, endsAt }
  expect(certificateFindings(certificate, 0).map(({ name }) => name)).toEqual(names)
})
