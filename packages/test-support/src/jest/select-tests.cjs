const { readFile } = require('node:fs/promises')

/** Slow by nature: browsers and processes, packed packages, OpenLDAP, growth, staggered requests, all languages. */
const slow = /[/]e2e[/]|\.full\.test\.ts$/

/** Selects the files of `pnpm test` or of `pnpm test:full`; without `POCKET_TESTS` all files are selected. */
module.exports = async (paths) => {
  const selection = process.env.POCKET_TESTS
  if (selection === undefined) return { filtered: paths }
  if (selection === 'quick') return { filtered: paths.filter((path) => !slow.test(path)) }
  const selected = await Promise.all(
    paths.map(async (path) => {
      const isDivided = await hasOtherCases(path)
      // The other half of the cases would run in neither command.
      if (slow.test(path) && isDivided)
        throw new Error(`${path} runs in pnpm test:full only, so its cases must not be divided.`)
      return slow.test(path) || isDivided
    }),
  )
  return { filtered: paths.filter((_, index) => selected[index]) }
}

/** `pnpm test` runs some of these only. */
async function hasOtherCases(path) {
  return /\b(databaseKinds|storeKinds|selectCases)\b/.test(await readFile(path, 'utf8'))
}
