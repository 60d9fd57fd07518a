import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { deploy } from './deploy.ts'
import { createChecks } from './release-checks.ts'

// Program: checks the requirements of a release that its tests do not cover. It prints a line for each check, and exits with
// 1 if one failed.

const help = `pnpm release:check [--tag TAG] [--previous REF]

--tag       the tag of this release, such as v0.1.0; by default the tag is not checked
--previous  the release from which an instance is upgraded, and to which it goes back; by default the newest tag of its ancestors`

const { values } = parseArgs({
  options: { tag: { type: 'string' }, previous: { type: 'string' }, help: { type: 'boolean' } },
})
if (values.help) {
  console.log(help)
  process.exit(0)
}
const root = fileURLToPath(new URL('../../../', import.meta.url))
const deployed = mkdtempSync(join(tmpdir(), 'pocket-release-'))
await deploy(deployed)

const log = (line: string) => console.log(`        ${line.replaceAll('\n', '\n        ')}`)
let failed = 0
for (const [name, check] of Object.entries(createChecks({ root, deployed, log, ...values }))) {
  const problems = await check()
  console.log(`${(problems.length === 0 ? 'ok' : 'failed').padEnd(6)}  ${name}`)
  for (const problem of problems) log(problem)
  if (problems.length > 0) failed += 1
}
rmSync(deployed, { recursive: true })
process.exit(failed === 0 ? 0 : 1)
