/** Cache lifetime of the JWKS and the provider metadata, in seconds. */
export const documentMaxAge = 300

/** Milliseconds between two reloads of the stored keys by a process. */
export const reloadInterval = 60_000

/**
 * Minimum time between publication and first use of a key, in milliseconds. Every process must serve the key and every cache
 * must have expired; one more minute allows for pending requests and clock skew.
 */
export const publicationTime = reloadInterval + documentMaxAge * 1000 + 60_000
