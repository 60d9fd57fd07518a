export { createPocketClient, type PocketClient, type PocketClientOptions } from './client.ts'
export { type PocketErrorCode, PocketRequestError } from './error.ts'
export { every } from './every.ts'
export type * from './generated/api.ts'
