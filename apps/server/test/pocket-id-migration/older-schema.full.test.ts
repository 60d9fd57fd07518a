import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { createSource, facts } from './fixture.ts'
import { createTarget, passkeysOf, signIn } from './migrated-server.ts'
import { createExport, downgrade, downgradePostgres, olderVersions } from './older-schema.ts'

const counts = {
  setting: { found: 47, migrated: 46 },
  user: { found: 14, migrated: 13 },
  passkey: { found: 7, migrated: 7 },
  client: { found: 15, migrated: 15 },
  // Each client had at most one, whose hash was bcrypt.
  'client secret': { found: 1, migrated: 1 },
  consent: { found: 11, migrated: 11 },
  'sign-up token': { found: 2, migrated: 2 },
  'login code': { found: 3, migrated: 1 },
  'refresh token': { found: 13, migrated: 13 },
  'API grant': { migrated: expect.any(Number) },
}

test.each(olderVersions)('migrates an instance of Pocket ID %s', async (version) => {
  await using source = await createSource('SQLite')
  downgrade(source.source, version)
  await using target = await createTarget('SQLite')
  const { exit, output } = await target.migrate(source.source, '--json')
  expect({ exit, output }).toMatchObject({ exit: 0 })
  expect(JSON.parse(output).counts).toMatchObject(counts)
  await using _ = await target.start()
  const [passkey] = passkeysOf('jonas')
  if (!passkey) throw new Error('The fixture has no passkey of jonas.')
  expect(await signIn(target.url, passkey)).toMatchObject({ status: 200 })
  const secret = facts.clients.find(({ id }) => id === 'wiki')?.secrets.find(({ alg }) => alg === 'bcrypt')?.value ?? ''
  const refreshed = await fetch(`${target.url}/api/oidc/token`, {
    method: 'POST',
    body: new URLSearchParams({
      client_id: 'wiki',
      client_secret: secret,
      grant_type: 'refresh_token',
      refresh_token: facts.tokens.refreshToken ?? '',
    }),
  })
  expect(refreshed.status).toBe(200)
  const headers = { 'X-API-Key': 'a static API key for tests' }
  const apis = await (await fetch(`${target.url}/api/apis`, { headers })).json()
  expect(apis).toMatchObject({
    data: expect.arrayContaining([expect.objectContaining({ resource: 'https://api.example.com/orders' })]),
  })
  const tokens = (await (await fetch(`${target.url}/api/signup-tokens`, { headers })).json()) as {
    data: { token: string; userGroups: { name: string }[] }[]
  }
  expect(tokens.data.map(({ token, userGroups }) => [token, userGroups.map(({ name }) => name)])).toEqual(
    expect.arrayContaining(facts.signupTokens.map(({ token, groups }) => [token, groups])),
  )
})

const forms = olderVersions.flatMap((version) =>
  (['archive', 'PostgreSQL'] as const).map((form) => ({ version, form })),
)

test.each(forms)('migrates the same rows of Pocket ID $version from its $form', async ({ version, form }) => {
  await using source = await createSource(form === 'archive' ? 'SQLite' : form)
  await using target = await createTarget('SQLite')
  let from = source.source
  if (form === 'PostgreSQL') await downgradePostgres(from, version)
  else {
    await using original = await createSource('archive')
    downgrade(from, version)
    const content = await createExport(from, original.source, version)
    from = join(target.folder, 'export.zip')
    await writeFile(from, content)
  }
  const { exit, output } = await target.migrate(from, '--json')
  expect({ exit, output }).toMatchObject({ exit: 0 })
  expect(JSON.parse(output).counts).toMatchObject(counts)
})
