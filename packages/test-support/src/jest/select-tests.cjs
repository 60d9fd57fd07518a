const { readFile } = require('node:fs/promises')

/** Slow by nature: browsers and processes, packed packages, OpenLDAP, growth, staggered requests, all languages. */
const slow = /[/]e2e[/]|\.full\.test\.ts$/
/** `pnpm test` runs some of these cases, `pnpm test:full` the others. */
const divided = /\b(databaseKinds|storeKinds|selectCases)\b/

/** Selects the files of `pnpm test` or of `pnpm test:full`; without `POCKET_TESTS` all files are selected. */
module.exports = async (paths) => {
  const selection = process.env.POCKET_TESTS
  if (selection === undefined) return { filtered: paths }
  if (selection === 'quick') return { filtered: paths.filter((path) => !slow.test(path)) }
  const selected = await Promise.all(
    paths.map(async (path) => {
      const source = await readFile(path, 'utf8')
      const isDivided = divided.test(source)
      // The other half of the cases would run in neither command.
      if (slow.test(path) && isDivided)
        throw new Error(`${path} runs in pnpm test:full only, so its cases must not be divided.`)
      if (isDivided) rejectUndividedTests(path, source)
      return slow.test(path) || isDivided
    }),
  )
  return { filtered: paths.filter((_, index) => selected[index]) }
}

/** A test that would run in both commands: it is in no matrix whose cases are divided. */
function rejectUndividedTests(path, source) {
  for (const [line] of source.matchAll(/^(test(\.each)?|describe)[(<].*/gm))
    if (!divided.test(line)) throw new Error(`${path} also divides cases, so \`quickOnly\` must register: ${line}`)
}
