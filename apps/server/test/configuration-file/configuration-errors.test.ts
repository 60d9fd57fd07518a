import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { eventually } from '@pocket/test-support'
import { startApp } from '../http/app.ts'
import { createConfiguredMachine, home, replacesFile, secret } from './configured-machine.ts'

describe('errors and removals of a configuration file', () => {
  const createMachine = (yaml: string) => createConfiguredMachine('SQLite', yaml)

  test('every error is reported with its position, and nothing is applied', async () => {
    await using place = await createMachine(`
groups:
  - name: family
    color: red
  - name: Family
users:
  - username: grace
    groups: [family, strangers]
clients:
  - id: tv
    name: TV
    callbackURLs: [https://tv.example.com/a#b]
    secrets: ['\${UNSET}', short]
  - id: tv
`)
    await using running = await startApp(place.env)
    const ready = await fetch(`${running.url}/readyz`)
    expect([ready.status, await ready.json()]).toEqual([
      200,
      expect.objectContaining({ status: 'degraded', checks: expect.objectContaining({ configuration: 'degraded' }) }),
    ])
    const lines = (text: string) =>
      text
        .trim()
        .split('\n')
        .map((line) => line.replace(/^.*pocket\.yaml:/, ''))
    const withoutDatabase = [
      '4:5: groups[0].color is not known',
      '5:5: groups[1].name occurs more than once',
      '13:15: clients[0].secrets[0] names the variable UNSET, which is not set',
      '14:5: clients[1].name is required',
      '14:5: clients[1].id occurs more than once',
    ]
    const checked = await place.run('check-config')
    expect([checked.exit, lines(checked.stderr)]).toEqual([2, withoutDatabase])
    const planned = await place.run('config', 'plan')
    expect([planned.exit, lines(planned.stderr)]).toEqual([
      1,
      withoutDatabase.toSpliced(2, 0, '8:22: users[0].groups[1] refers to "strangers", which is not in groups'),
    ])
    // Problems of the schema, of references and of the rules of the REST API; items that refer to one with a problem are not tried.
    await place.file.write(`
groups:
  - { name: family, friendlyName: Family }
  - { name: crew, color: red }
  - { name: guests }
users:
  - { username: grace, email: nobody@nowhere, locale: '-' }
  - { username: tim, groups: [crew], locale: '-' }
  - { username: zoe, groups: [strangers], locale: '-' }
clients:
  - id: tv
    name: TV
    callbackURLs: ['https://tv.example.com/a#b']
    secrets: [short]
  - id: wiki
    name: Wiki
    callbackURLs: [https://wiki.example.com/cb]
    scim: { endpoint: none }
apis:
  - { resource: https://files.example.com, name: Files, access: [{ client: wiki, clientAccess: true }] }
  - { resource: none, name: Films }
`)
    const refused = await place.run('config', 'apply')
    expect([refused.exit, lines(refused.stderr)]).toEqual([
      1,
      [
        '4:19: groups[1].color is not known',
        expect.stringMatching(/^7:47: users\[0\]\.locale /),
        '9:31: users[2].groups[0] refers to "strangers", which is not in groups',
        expect.stringMatching(/^13:20: clients\[0\]\.callbackURLs\[0\] /),
        expect.stringMatching(/^18:13: clients\[1\]\.scim\.endpoint /),
        expect.stringMatching(/^21:7: apis\[1\]\.resource /),
      ],
    ])
    expect(await running.app.directory.groups.findByName('family')).toBeUndefined()
    await place.file.write('groups: [{ name: family, friendlyName: Family }]')
    await eventually(async () => {
      expect(await running.app.directory.groups.findByName('family')).toMatchObject({ name: 'family' })
      expect(await (await fetch(`${running.url}/readyz`)).json()).toMatchObject({ status: 'ok' })
    })
  })

  test('apply asks before it removes a secret, a SCIM target or a permission', async () => {
    await using place = await createMachine(home)
    await using running = await startApp(place.env)
    const other = join(place.file.folder, 'other.yaml')
    const newSecret = `${secret}, but another one`
    const changes: readonly (readonly [string, string, string])[] = [
      [`['\${JELLYFIN_SECRET}']`, `['${newSecret}']`, 'secrets: "(secret)" -> "(secret)" # cannot be undone'],
      ['token: file:token', 'token: other', 'scim: .* # cannot be undone'],
      [
        'scim: { endpoint: https://backup.example.com/scim, token: file:token }',
        'scim: null',
        'scim: .* # cannot be undone',
      ],
      [
        'permissions: [{ key: files.read, description: Read files }]\n    access: [{ client: backup, clientPermissions: [files.read] }]',
        'permissions: [{ key: files.write }]',
        'permissions: .* # cannot be undone',
      ],
    ]
    for (const [before, after, line] of changes) {
      const text = home.replace('revision: 1', 'revision: 2').replace(before, after)
      expect(text).toContain(after)
      await writeFile(other, text)
      expect(await place.run('config', 'apply', other)).toMatchObject({
        exit: 2,
        stdout: expect.stringMatching(new RegExp(line.replaceAll(/[()]/g, '\\$&'))),
        stderr: expect.stringContaining('--yes'),
      })
      expect(JSON.parse((await place.run('config', 'plan', other, '--json')).stdout)).toEqual([
        expect.objectContaining({ fields: [expect.objectContaining({ isIrreversible: true })] }),
      ])
    }
    expect(await place.run('config', 'plan')).toMatchObject({ exit: 0 })
    const result = await place.run('config', 'apply', other, '--yes', '--json')
    expect([result.exit, result.stderr, JSON.parse(result.stdout)]).toEqual([
      0,
      replacesFile,
      [expect.objectContaining({ kind: 'apis', action: 'update' })],
    ])
    const api = await running.app.pocket.apis.findByResource('https://files.example.com')
    expect(api?.permissions.map(({ key }) => key)).toEqual(['files.write'])
  })

  test('names permissions that the API does not have, and stops after many problems', async () => {
    await using place = await createMachine('{}')
    await using _running = await startApp(place.env)
    const other = join(place.file.folder, 'other.yaml')
    await writeFile(
      other,
      home.replace(
        'clientPermissions: [files.read]',
        'clientPermissions: [files.read, x], userDelegatedPermissions: [y]',
      ),
    )
    expect(await place.run('config', 'apply', other)).toMatchObject({
      exit: 1,
      stderr: expect.stringMatching(
        /:32:\d+: apis\[0\]\.access\[0\]\.clientPermissions\[1\] refers to "x", which is not in permissions\n.*:32:\d+: apis\[0\]\.access\[0\]\.userDelegatedPermissions\[0\] refers to "y", which is not in permissions\n$/,
      ),
    })
    const users = Array.from(
      { length: 1000 },
      (_, index) => `  - { username: user-${index}, groups: [group-${index}] }`,
    )
    await writeFile(other, `users:\n${users.join('\n')}`)
    const { exit, stderr } = await place.run('config', 'apply', other)
    expect([exit, stderr.trim().split('\n').length]).toEqual([1, 201])
    expect(stderr).toMatch(/\nand at least 1 more\n$/)
  })

  test('a server applies nothing of a file whose last item is rejected', async () => {
    await using place = await createMachine('groups: [{ name: family }]\napis: [{ resource: none, name: Films }]')
    await using running = await startApp(place.env)
    expect(await (await fetch(`${running.url}/readyz`)).json()).toMatchObject({ status: 'degraded' })
    expect(await running.app.directory.groups.findByName('family')).toBeUndefined()
  })
})
