const selection = process.env.POCKET_TESTS

/**
 * The databases for tests whose SQL is tested elsewhere on both: SQLite in `pnpm test`, PostgreSQL in `pnpm test:full`, and
 * both if a file is run by name.
 */
export const databaseKinds: readonly ('SQLite' | 'PostgreSQL')[] =
  selection === 'quick' ? ['SQLite'] : selection === 'full' ? ['PostgreSQL'] : ['SQLite', 'PostgreSQL']
