/**
 * How long a test may take, in milliseconds. It guards against a test that hangs; it asserts nothing about speed, so it is
 * long enough for a machine with many more jobs than cores.
 */
export const testTimeout = 300_000

/** The same for a test that starts a process dozens of times. */
export const longTestTimeout = 4 * testTimeout

/** How long anything inside a test waits, in milliseconds: less than {@link testTimeout}, so that the failure names what was awaited. */
export const waitTimeout = 180_000
