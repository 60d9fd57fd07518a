/** How long caches keep the JWKS and the provider metadata, in seconds. */
export const documentMaxAge = 300

/** Milliseconds between two looks of a process at the stored keys. */
export const reloadInterval = 60_000

/**
 * How long a key is published before it signs at the earliest, in milliseconds: until every process serves it and every
 * cache has dropped the set before it. The minute more is for requests on their way and clocks that differ.
 */
export const publicationTime = reloadInterval + documentMaxAge * 1000 + 60_000
