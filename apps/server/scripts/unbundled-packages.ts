/** Packages that the bundled server imports from `node_modules`, because they consist of binaries. */
export const unbundledPackages: ReadonlySet<string> = new Set(['better-sqlite3', 'sharp'])
