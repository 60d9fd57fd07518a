import { mkdir, rename, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { newUser } from '@pocket/directory'
import { eventually } from '@pocket/test-support'
import { startInstance } from '../api/instance.ts'
import { startApp } from '../http/app.ts'
import { createConfiguredMachine, findAppliedLines, home, replacesFile, secret } from './configured-machine.ts'

describe('revisions of a configuration file', () => {
  const createMachine = (yaml: string) => createConfiguredMachine('SQLite', yaml)

  test('a file that is swapped by a symbolic link is applied, with renames and removals', async () => {
    await using place = await createMachine('{}')
    const versions = [
      'groups: [{ name: one }, { name: two }]',
      'groups: [{ name: three, previously: one }]\nprune: true',
    ]
    for (const [index, text] of versions.entries()) {
      await mkdir(join(place.file.folder, `v${index}`))
      await writeFile(join(place.file.folder, `v${index}`, 'pocket.yaml'), text)
    }
    const link = join(place.file.folder, 'data')
    await symlink('v0', link)
    await using running = await startApp({ ...place.env, POCKET_CONFIG_FILE: join(link, 'pocket.yaml') })
    const { groups } = running.app.directory
    const one = await groups.findByName('one')
    await symlink('v1', `${link}.new`)
    await rename(`${link}.new`, link)
    await eventually(async () => expect(await groups.findByName('three')).toMatchObject({ id: one?.id }))
    expect([await groups.findByName('two'), await groups.findByName('one')]).toEqual([undefined, undefined])
  })

  test('more than a fifth of a kind is deleted only with the revision, and never the last administrator', async () => {
    const groupsYaml = (count: number) =>
      Array.from({ length: count }, (_, index) => `  - name: group-${index}`).join('\n')
    await using place = await createMachine(
      `revision: 1\ngroups:\n${groupsYaml(5)}\nusers: [{ username: grace, email: grace@example.com, isAdmin: true }]`,
    )
    // Not the server's own file, which it would apply within seconds.
    const other = join(place.file.folder, 'other.yaml')
    const write = (head: string, groups: string) =>
      writeFile(
        other,
        `${head}\ngroups:\n${groups}\nusers: [{ username: grace, email: grace@example.com, isAdmin: true }]`,
      )
    await using running = await startApp(place.env)
    const { groups } = running.app.directory
    await write('revision: 2\nprune: true', groupsYaml(1))
    expect(await place.run('config', 'apply', other, '--yes')).toMatchObject({
      exit: 1,
      stderr: expect.stringMatching(/other.yaml:2:1: prune would delete 4 of 5 groups; .* \{ revision: 2 \}/),
    })
    await write('revision: 2\nprune: { revision: 1 }', groupsYaml(1))
    expect(await place.run('config', 'apply', other, '--yes')).toMatchObject({ exit: 1 })
    await write('revision: 2\nprune: { revision: 2 }', groupsYaml(1))
    expect(await place.run('config', 'apply', other)).toMatchObject({ exit: 2 })
    expect((await groups.first(10)).total).toBe(5)
    const applied = await place.run('config', 'apply', other, '--yes')
    expect([applied.exit, applied.stderr, applied.stdout]).toEqual([
      0,
      replacesFile,
      expect.stringContaining('4 to delete'),
    ])
    expect((await groups.first(10)).total).toBe(1)
    await writeFile(other, 'revision: 3\nprune: true\ngroups: [{ name: group-0 }]')
    expect(await place.run('config', 'apply', other, '--yes')).toMatchObject({
      exit: 1,
      stderr: expect.stringMatching(/other.yaml:2:1: prune .*administrator/),
    })
    expect(await running.app.directory.findByName('grace')).toMatchObject({ administrator: true })
  })

  test('up to a fifth of a kind is deleted without the revision, even if it is more than three objects', async () => {
    const groupsYaml = (count: number) =>
      Array.from({ length: count }, (_, index) => `  - name: group-${index}`).join('\n')
    await using place = await createMachine(`groups:\n${groupsYaml(20)}`)
    await using running = await startApp(place.env)
    const other = join(place.file.folder, 'other.yaml')
    await writeFile(other, `prune: true\ngroups:\n${groupsYaml(16)}`)
    expect(await place.run('config', 'apply', other, '--yes')).toMatchObject({ exit: 0, stderr: replacesFile })
    expect((await running.app.directory.groups.first(1)).total).toBe(16)
  })

  test('a file with a lower revision, or with the same revision and other content, changes nothing', async () => {
    await using place = await createMachine('revision: 2\ngroups: [{ name: new }]')
    await using running = await startApp(place.env)
    const { groups } = running.app.directory
    const other = join(place.file.folder, 'other.yaml')
    const applyFile = async (text: string) => {
      await writeFile(other, text)
      return place.run('config', 'apply', other)
    }
    expect(await applyFile('revision: 1\ngroups: [{ name: old }]')).toMatchObject({
      exit: 1,
      stderr: expect.stringContaining('higher revision'),
    })
    expect(await applyFile('groups: [{ name: old }]')).toMatchObject({ exit: 1 })
    expect(await applyFile('revision: 2\ngroups: [{ name: old }]')).toMatchObject({
      exit: 1,
      stderr: expect.stringContaining('Increase the revision'),
    })
    expect(await groups.findByName('old')).toBeUndefined()
    await using behind = await startInstance({ ...place.env, POCKET_CONFIG_FILE: other })
    const fetchOverview = async () => (await behind.administrator.get(`${behind.url}/settings/admin`)).text
    expect(await fetchOverview()).toContain('have the same revision')
    await writeFile(other, 'groups: [{ name: old, color: red }]')
    await eventually(async () =>
      expect(await fetchOverview()).toContain('The configuration file has an error: 1:23 groups[0].color is not known'),
    )
    expect(await applyFile('revision: 3\ngroups: [{ name: old }]')).toMatchObject({ exit: 0 })
    expect(await groups.findByName('old')).toMatchObject({ name: 'old' })
  })

  test('of two files without a revision, the one that was applied first is reported', async () => {
    await using place = await createMachine('enforce: true\ngroups: [{ name: one }]')
    await using _running = await startApp(place.env)
    const other = join(place.file.folder, 'other.yaml')
    await writeFile(other, 'groups: [{ name: two }]')
    const isReported = async () =>
      (await place.run('doctor')).stdout.includes('warning  configuration  Another configuration file was applied')
    expect(await isReported()).toBe(false)
    const planned = await place.run('config', 'plan', other)
    expect([planned.exit, planned.stderr.startsWith(replacesFile)]).toEqual([2, true])
    expect(await place.run('config', 'apply', other)).toMatchObject({ exit: 0, stderr: replacesFile })
    expect(await isReported()).toBe(true)
    expect((await place.run('config', 'apply', other)).stderr).toBe('')
  })

  test.each([
    ['with', 'revision: 1\n'],
    ['without', ''],
  ])(
    'two servers with different values for the same file %s a revision do not revert each other',
    async (_, revision) => {
      await using place = await createMachine(
        `${revision}enforce: true\nclients: [{ id: tv, name: TV, callbackURLs: [], secrets: ['\${JELLYFIN_SECRET}'] }]`,
      )
      const other = place.machine.with({
        POCKET_CONFIG_FILE: place.file.path,
        JELLYFIN_SECRET: `${secret}, but another one`,
      })
      {
        await using _running = await startApp(place.env)
        const result = await other.run(['config', 'apply', '--yes'])
        expect([result.exit, result.stderr]).toEqual(
          revision ? [1, expect.stringContaining('Increase the revision')] : [0, ''],
        )
      }
      const findingOf = async ({ run }: Pick<typeof other, 'run'>) =>
        /configuration +(.*?)\./.exec((await run(['doctor'])).stdout.toString())?.[1]
      const first = place.machine.with(place.env)
      expect([await findingOf(first), await findingOf(other)]).toEqual(
        revision
          ? [undefined, 'Two configuration files have the same revision']
          : ['Another configuration file was applied after that of this server', undefined],
      )

      // The stored digest is readable with the next encryption key only.
      await writeFile(first.path('key'), 'another key for tests that is long enough')
      expect((await first.run(['encryption-key-rotate', '--new-key-file', first.path('key'), '--yes'])).exit).toBe(0)
      const rotated = (revision ? first : other).with({ ENCRYPTION_KEY: 'another key for tests that is long enough' })
      expect((await rotated.run(['config', 'plan'])).exit).toBe(0)
      expect(await findingOf(rotated)).toBeUndefined()
    },
  )

  test('an export refers to no variables and files that are named in stored texts', async () => {
    await using place = await createMachine('{}')
    await using instance = await startInstance(place.env)
    const texts = [`\${ENCRYPTION_KEY}`, `$\${HOME}`, 'file:/etc/hostname', '$file:x', 'costs $5 {a}', `$$file:\${A}`]
    for (const [index, displayName] of texts.entries())
      await instance.app.directory.create(
        newUser({ username: `user${index}`, email: `u${index}@example.com`, displayName }),
      )
    const { stdout } = await place.run('config', 'export')
    const exported = join(place.file.folder, 'exported.yaml')
    await writeFile(exported, stdout)
    expect(await place.run('config', 'plan', exported)).toMatchObject({
      exit: 0,
      stdout: expect.stringMatching(/^No changes/),
      stderr: replacesFile,
    })
  })

  test('an export applies without a change, and contains no secrets', async () => {
    await using place = await createMachine(home)
    await using instance = await startInstance(place.env)
    const { exit, stdout } = await place.run('config', 'export')
    expect([exit, stdout.includes(secret), stdout.includes('token-of-the-target')]).toEqual([0, false, false])
    expect(stdout).toContain('friendlyName: Family\n    requiresTwoPasskeys: true')
    const exported = join(place.file.folder, 'exported.yaml')
    await writeFile(exported, `revision: 2\n${stdout}`)
    const plan = await place.run('config', 'plan', exported)
    expect([plan.exit, plan.stderr, plan.stdout]).toEqual([0, replacesFile, expect.stringMatching(/^No changes/)])
    expect(findAppliedLines(instance)).toHaveLength(1)
  })
})
