/** ISO 8601, as the REST API and exports represent instants. */
export function formatInstant(milliseconds: number): string {
  return new Date(milliseconds).toISOString()
}

export function formatOptionalInstant(milliseconds: number | null): string | null {
  return milliseconds === null ? null : formatInstant(milliseconds)
}
