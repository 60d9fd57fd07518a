/** Cache lifetime of the JWKS and the provider metadata, in seconds. */
export const documentMaxAge = 300

/** Milliseconds after which every process knows a change of the stored keys. */
export const propagationTime = 2000

/**
 * Minimum time between publication and first use of a key, in milliseconds. Every process must serve the key and every cache
 * must have expired; one more minute allows for pending requests and clock skew.
 */
export const publicationTime = propagationTime + documentMaxAge * 1000 + 60_000
