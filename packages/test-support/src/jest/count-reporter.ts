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
 * A jest reporter that prints `N passed, N failed` as the last line of a run.
 *
 * A test file that could not run counts as one failed test. Under `CI=true` each skipped, todo or unexecuted test is listed,
 * counts as failed and fails the run, since a test that did not run proves nothing. Otherwise the reporter prints the reasons
 * of `describeUnless`.
 */
export class CountReporter {
  #skippedTests: readonly string[] = []

  onRunComplete(_contexts: unknown, run: TestRun): void {
    this.#skippedTests = process.env.CI === 'true' ? findSkippedTests(run) : []
    for (const name of this.#skippedTests) console.error(`not run: ${name}`)
    if (process.env.CI !== 'true') for (const reason of skipReasons(run)) console.error(`not run: ${reason}`)
    const failed = run.numFailedTests + run.numRuntimeErrorTestSuites + this.#skippedTests.length
    // On exit, since jest prints its summary after all reporters.
    process.once('exit', () => console.log(`\n${run.numPassedTests} passed, ${failed} failed`))
  }

  /** Jest fails the run if this returns an error. */
  getLastError(): Error | undefined {
    const count = this.#skippedTests.length
    return count === 0 ? undefined : new Error(`${count} test(s) did not run, which CI=true does not allow`)
  }
}

function findSkippedTests(run: TestRun): string[] {
  return run.testResults.flatMap((file) =>
    file.testResults
      .filter(({ status }) => status !== 'passed' && status !== 'failed')
      .map(({ fullName, status }) => `${file.testFilePath}: ${fullName} (${status})`),
  )
}

function skipReasons(run: TestRun): string[] {
  const counts = new Map<string, number>()
  for (const { fullName, status } of run.testResults.flatMap((file) => file.testResults)) {
    const reason = status === 'pending' ? /\[not run: ([^\]]+)\]/.exec(fullName)?.[1] : undefined
    if (reason !== undefined) counts.set(reason, (counts.get(reason) ?? 0) + 1)
  }
  return [...counts].map(([reason, count]) => `${count} test(s), because ${reason}`)
}

// Jest loads a reporter from the default export only.
export default CountReporter
