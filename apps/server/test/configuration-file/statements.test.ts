import { writeFile } from 'node:fs/promises'
import { expect, test } from '@jest/globals'
import { fileSchema } from '../../src/composition/configuration/schema.ts'
import { loadFile } from '../../src/configuration-file/load.ts'
import { startApp } from '../http/app.ts'
import { recordStatements } from '../sent-statements.ts'
import { createConfigurationFile } from './create-configuration-file.ts'

const statements = recordStatements()

/** A file with this many objects of each kind. */
function createYaml(count: number): string {
  const repeatLine = (line: (index: number) => string) =>
    Array.from({ length: count }, (_, index) => line(index)).join('\n')
  return `groups:
${repeatLine((index) => `  - { name: group-${index} }`)}
users:
${repeatLine((index) => `  - { username: user-${index}, email: user-${index}@example.com, groups: [group-${index}] }`)}
clients:
${repeatLine((index) => `  - { id: client-${index}, name: Client, callbackURLs: [], allowedGroups: [group-${index}] }`)}
apis:
${repeatLine((index) => `  - { resource: "https://${index}.example.com", name: API, access: [{ client: client-${index}, clientAccess: true }] }`)}
`
}

test('uses a number of statements linear in the objects of a configuration file', async () => {
  await using stack = new AsyncDisposableStack()
  const { app } = stack.use(await startApp())
  const site = stack.use(await createConfigurationFile(''))
  const load = async (count: number) => {
    await writeFile(site.path, createYaml(count))
    return loadFile({ path: site.path, environment: {}, schema: fileSchema() })
  }
  const countFor = async (count: number) => {
    const file = await load(count)
    return statements.countDuring(() => app.configuration.dryRun(file))
  }
  const [few, some, many] = [await countFor(5), await countFor(10), await countFor(20)]
  // One statement for each pair of objects would add 150; jobs send a few in between.
  expect(many - some).toBeLessThanOrEqual(2 * (some - few) + 40)
  const file = await load(20)
  await app.configuration.apply(file)
  const again = await statements.countDuring(() => app.configuration.dryRun(file))
  expect(again).toBeLessThanOrEqual(80 * 4)
})
