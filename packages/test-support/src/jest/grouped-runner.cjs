const { writeFile } = require('node:fs/promises')
const { tmpdir } = require('node:os')
const { join, relative } = require('node:path')
const { formatResultsErrors } = require('jest-message-util')
const { default: TestRunner } = require('jest-runner')

/** The number of files that share a module registry. */
const maxFiles = 12
const describeFile = join(__dirname, 'describe-file.mjs')

/**
 * Runs several test files of a package as one, so that the product is loaded once for all of them: loading it takes more
 * than a second. Reports the results of each file. A file that is run by name has its own module registry.
 */
module.exports = class GroupedRunner extends TestRunner {
  #members = new Map()

  async runTests(tests, watcher, options) {
    const isSelection = process.env.POCKET_TESTS !== undefined
    await super.runTests(isSelection ? await this.#group(tests) : tests, watcher, options)
  }

  on(eventName, listener) {
    return super.on(eventName, async (data) => {
      for (const each of this.#split(eventName, data)) await listener(each)
    })
  }

  async #group(tests) {
    const packages = Map.groupBy(tests, ({ path }) => path.replace(/[/]test[/].*/, ''))
    const groups = [...packages.values()].flatMap((files) => {
      const count = Math.ceil(files.length / maxFiles)
      // Neighbors take about as long, since the sequencer sorts by duration.
      return Array.from({ length: count }, (_, group) => files.filter((_, index) => index % count === group))
    })
    // Groups start in the order of their first files, whatever their package.
    const firstOf = ([first]) => tests.indexOf(first)
    groups.sort((left, right) => firstOf(left) - firstOf(right))
    return Promise.all(groups.map((members, index) => this.#groupFile(members, index)))
  }

  async #groupFile(members, index) {
    const path = join(tmpdir(), `group-${index}.test.mjs`)
    const lines = members.map(
      (test) => `await describeFile(${JSON.stringify(titleOf(test))}, () => import(${JSON.stringify(test.path)}))`,
    )
    await writeFile(path, [`import { describeFile } from ${JSON.stringify(describeFile)}`, ...lines, ''].join('\n'))
    this.#members.set(path, members)
    return { ...members[0], path }
  }

  /** One event for each file, from an event of its group. */
  #split(eventName, data) {
    const [test, result] = data
    const members = this.#members.get(test?.path)
    if (members === undefined) return [data]
    if (eventName !== 'test-file-success') return members.map((member) => [member, result])
    return members.map((member) => [member, this.#resultOf(member, result)])
  }

  #resultOf(test, group) {
    if (group.testExecError) return { ...group, testFilePath: test.path }
    const title = titleOf(test)
    const testResults = group.testResults.filter(({ ancestorTitles }) => ancestorTitles[0] === title).map(withoutTitle)
    const count = (...statuses) => testResults.filter(({ status }) => statuses.includes(status)).length
    const runtime = testResults.reduce((sum, { duration }) => sum + (duration ?? 0), 0)
    return {
      ...group,
      testFilePath: test.path,
      testResults,
      failureMessage: formatResultsErrors(testResults, test.context.config, this._globalConfig, test.path),
      numPassingTests: count('passed'),
      numFailingTests: count('failed'),
      numPendingTests: count('pending', 'skipped', 'disabled'),
      numTodoTests: count('todo'),
      perfStats: { ...group.perfStats, end: group.perfStats.start + runtime, runtime },
    }
  }
}

function titleOf({ path, context }) {
  return relative(context.config.rootDir, path)
}

function withoutTitle(result) {
  const ancestorTitles = result.ancestorTitles.slice(1)
  return { ...result, ancestorTitles, fullName: [...ancestorTitles, result.title].join(' ') }
}
