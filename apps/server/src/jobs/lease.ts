/** Maximum clock difference between replicas, in milliseconds. */
export const maxClockDifference = 300_000

/** Whether a replica holds a lease of at most `leaseMs`. A lease that ends later was written before the clock was set back. */
export function isLeased(leaseUntil: number | null, now: number, leaseMs: number): boolean {
  return leaseUntil !== null && leaseUntil > now && leaseUntil <= now + leaseMs + maxClockDifference
}
