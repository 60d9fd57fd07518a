export { createPocketClient, type PocketClient, type PocketClientOptions } from './client.ts'
export { type PocketErrorCode, PocketRequestError } from './error.ts'
export type * from './generated/api.ts'
export { paginate } from './paginate.ts'
