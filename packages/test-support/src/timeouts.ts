/**
 * The maximum duration of a test, in milliseconds. It only detects tests that hang, so it is long enough for a heavily loaded
 * machine.
 */
export const testTimeout = 300_000

/** The same for a test that starts a process dozens of times. */
export const longTestTimeout = 4 * testTimeout

/**
 * The maximum wait inside a test, in milliseconds: less than {@link testTimeout}, so that the failure names the awaited
 * condition.
 */
export const waitTimeout = 180_000
