interface Describe {
  (name: string, tests: () => void): void
  skip(name: string, tests: () => void): void
}

/**
 * `describe` for tests that need something that is not installed everywhere. Where it is missing they do not run, and the
 * reporter of the run says why; under `CI=true` that is a failure.
 *
 * @param missing - Why they cannot run; `undefined`: they can.
 */
export function describeUnless(
  missing: string | undefined,
  describe: Describe,
): (name: string, tests: () => void) => void {
  if (missing === undefined) return describe
  return (name, tests) => describe.skip(`${name} [not run: ${missing}]`, tests)
}
