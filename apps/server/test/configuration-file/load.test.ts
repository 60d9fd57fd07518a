import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { fileSchema } from '../../src/composition/configuration/schema.ts'
import { loadFile } from '../../src/configuration-file/load.ts'
import { InvalidFileError } from '../../src/configuration-file/problem.ts'
import { type ConfigurationFile, createConfigurationFile } from './create-configuration-file.ts'

const load = ({ path }: Pick<ConfigurationFile, 'path'>) => loadFile({ path, environment: {}, schema: fileSchema() })
const problemsOf = (site: Pick<ConfigurationFile, 'path'>) =>
  load(site).problems.map(({ field, message }) => [field, message])

test('reads secrets from regular files of limited size only', async () => {
  await using site = await createConfigurationFile(
    'clients: [{ id: tv, name: TV, secrets: [file:pipe, file:., file:/dev/zero, file:large, file:link] }]',
  )
  execFileSync('/usr/bin/mkfifo', [join(site.folder, 'pipe')])
  await writeFile(join(site.folder, 'large'), 'x'.repeat(1_000_001))
  await symlink('secret', join(site.folder, 'link'))
  await writeFile(join(site.folder, 'secret'), 'a secret that is long enough\n')
  const message = 'names a file that cannot be read'
  expect(problemsOf(site)).toEqual([
    ['clients[0].secrets[0]', `${message} (not a regular file)`],
    ['clients[0].secrets[1]', `${message} (not a regular file)`],
    ['clients[0].secrets[2]', `${message} (not a regular file)`],
    ['clients[0].secrets[3]', `${message} (larger than 1000000 bytes)`],
  ])
})

test('parses the text that was read before', async () => {
  await using site = await createConfigurationFile('revision: 2')
  const options = { path: site.path, environment: {}, schema: fileSchema() }
  expect(loadFile({ ...options, text: 'revision: 1' }).content.revision).toBe(1)
})

test('rejects a file that is not a regular file', async () => {
  await using site = await createConfigurationFile('')
  const pipe = join(site.folder, 'pipe')
  execFileSync('/usr/bin/mkfifo', [pipe])
  // A command may read a pipe, for example `<(sops -d pocket.yaml)`.
  const writer = spawn('/bin/sh', ['-c', 'echo "revision: 3" > "$1"', 'sh', pipe])
  expect(loadFile({ path: pipe, environment: {}, schema: fileSchema(), allowsPipe: true }).content.revision).toBe(3)
  if (writer.exitCode === null) await once(writer, 'exit')
  for (const path of [pipe, '/dev/zero', site.folder])
    expect(() => load({ path })).toThrow('the file cannot be read (not a regular file)')
})

test.each(['', '\n', '---\n', '# groups: []\n', 'null'])(
  'rejects the empty file %j, which a program may leave while it writes',
  async (yaml) => {
    await using site = await createConfigurationFile(yaml)
    expect(() => load(site)).toThrow('pocket.yaml:1:1: the file is empty; to declare nothing, write {}')
    await site.write('{}')
    expect([load(site).problems, load(site).content]).toEqual([[], {}])
  },
)

test('rejects a file that is nested too deeply or refers to itself', async () => {
  await using nested = await createConfigurationFile(`groups: ${'['.repeat(50_000)}${']'.repeat(50_000)}`)
  expect(() => load(nested)).toThrow(/pocket\.yaml:1:\d+: /)
  await using bomb = await createConfigurationFile(
    `groups: &a [x]\nusers: &b [${'*a,'.repeat(20)}]\nclients: &c [${'*b,'.repeat(20)}]\napis: [${'*c,'.repeat(20)}]`,
  )
  expect(() => load(bomb)).toThrow(/alias/)
  await using loop = await createConfigurationFile('groups: &a [*a]')
  expect(() => load(loop)).toThrow(/pocket\.yaml:1:1: an alias refers to a value that contains it/)
})

test('rejects keys that occur twice in a map', async () => {
  await using site = await createConfigurationFile('groups:\n  - { name: a, name: b }\nrevision: 1\ngroups: []')
  expect(() => load(site)).toThrow(
    /pocket\.yaml:2:16: Map keys must be unique\n.*pocket\.yaml:4:1: Map keys must be unique$/,
  )
})

test('reports the problems of many items, and prints the first', async () => {
  const count = 5000
  await using site = await createConfigurationFile(`groups:\n${'  - { name: xy, color: red }\n'.repeat(count)}`)
  const file = load(site)
  expect(file.problems).toHaveLength(2 * count - 1)
  expect(new InvalidFileError('pocket.yaml', file.problems).message.split('\n')).toHaveLength(201)
  expect([file.hasProblem(['groups', count - 1]), file.hasProblem(['groups', count])]).toEqual([true, false])
})

test('rejects fields that are named like built-in properties', async () => {
  await using site = await createConfigurationFile(
    '__proto__: { enforce: true }\nconstructor: 1\nsettings: { __proto__: { appName: X } }\ngroups: [{ name: xy, __proto__: { color: red } }]',
  )
  expect(problemsOf(site)).toEqual(
    ['__proto__', 'constructor', 'settings.__proto__', 'groups[0].__proto__'].map((field) => [field, 'is not known']),
  )
  expect(load(site).content).toEqual({ settings: {}, groups: [{ name: 'xy' }] })
})

test('the revision is a number that can be increased', async () => {
  await using site = await createConfigurationFile('revision: 9007199254740993')
  expect(problemsOf(site)).toEqual([['revision', expect.stringContaining('9007199254740991')]])
})
