interface TestRun {
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly numRuntimeErrorTestSuites: number
  readonly testResults: readonly TestFile[]
}

interface TestFile {
  readonly testFilePath: string
  readonly testResults: readonly { readonly fullName: string; readonly status: string }[]
}

/**
 * A jest reporter that ends a run with the plain line `N passed, N failed`, alone on the last line.
 *
 * A file that could not run counts as one failed test. Under `CI=true` a test that was skipped, left as a todo or
 * never ran is named, counts as failed and makes the run fail, since a test that nobody ran has proved nothing. Elsewhere
 * the reasons of `describeUnless` are said.
 */
export class CountReporter {
  #notRun: readonly string[] = []

  onRunComplete(_contexts: unknown, run: TestRun): void {
    this.#notRun = process.env.CI === 'true' ? testsNotRun(run) : []
    for (const name of this.#notRun) console.error(`not run: ${name}`)
    if (process.env.CI !== 'true') for (const reason of reasonsIn(run)) console.error(`not run: ${reason}`)
    const failed = run.numFailedTests + run.numRuntimeErrorTestSuites + this.#notRun.length
    // When everything else has been said: jest prints its summary after all other reporters.
    process.once('exit', () => console.log(`\n${run.numPassedTests} passed, ${failed} failed`))
  }

  /** Jest makes the run fail when this answers with an error. */
  getLastError(): Error | undefined {
    const count = this.#notRun.length
    return count === 0 ? undefined : new Error(`${count} test(s) did not run, which CI=true does not allow`)
  }
}

function testsNotRun(run: TestRun): string[] {
  return run.testResults.flatMap((file) =>
    file.testResults
      .filter(({ status }) => status !== 'passed' && status !== 'failed')
      .map(({ fullName, status }) => `${file.testFilePath}: ${fullName} (${status})`),
  )
}

function reasonsIn(run: TestRun): string[] {
  const counts = new Map<string, number>()
  for (const { fullName, status } of run.testResults.flatMap((file) => file.testResults)) {
    const reason = status === 'pending' ? /\[not run: ([^\]]+)\]/.exec(fullName)?.[1] : undefined
    if (reason !== undefined) counts.set(reason, (counts.get(reason) ?? 0) + 1)
  }
  return [...counts].map(([reason, count]) => `${count} test(s), because ${reason}`)
}

// Jest takes a reporter from the default export only.
export default CountReporter
