import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { Ajv } from 'ajv'
import formats from 'ajv-formats'
import { parse } from 'yaml'
import { publishedFileSchema } from '../../src/composition/configuration/schema.ts'
import { startApp } from '../http/app.ts'
import { createConfigurationFile } from './create-configuration-file.ts'

const folder = new URL('../../../../docs/examples/', import.meta.url)

test('the examples and the block of the guide are applied, and match the published schema', async () => {
  const ajv = new Ajv({ strict: false })
  formats.default(ajv)
  const validate = ajv.compile(publishedFileSchema())
  const names = await readdir(folder)
  expect(names.sort()).toEqual(['cluster.yaml', 'company.yaml', 'home.yaml'])
  const examples = names.map(async (name) => [name, await readFile(new URL(name, folder), 'utf8')] as const)
  const guide = await readFile(new URL('../guides/configuration-as-code.md', folder), 'utf8')
  const [, block = ''] = /^```yaml\n(.*?)^```$/ms.exec(guide) ?? []
  for (const [name, text] of [...(await Promise.all(examples)), ['the guide', block] as const]) {
    expect([name, validate(parse(text)), validate.errors]).toEqual([name, true, null])
    await using site = await createConfigurationFile('')
    await writeFile(join(site.folder, 'secret'), 'a-secret-of-the-file-that-is-long-enough\n')
    await site.write(text.replaceAll(/file:\S+?(?=[\]\s])/g, 'file:secret'))
    const secrets = Object.fromEntries(
      [...text.matchAll(/\$\{(\w+)\}/g)].map(([, variable]) => [variable, `the value of ${variable} in a test`]),
    )
    await using running = await startApp({ ...secrets, POCKET_CONFIG_FILE: site.path })
    const lines = running.log.filter((line) => line.includes('The configuration file was'))
    expect([name, lines]).toEqual([name, [expect.stringContaining('The configuration file was applied')]])
    expect(await running.app.directory.isSetUp()).toBe(text !== block)
  }
})
