/** An application that a user marked as a favourite. */
export interface Favourite {
  readonly accountId: string
  readonly clientId: string
  /** Milliseconds since the Unix epoch. */
  readonly createdAt: number
}

/** Stores favourites. Every method joins the running transaction. */
export interface FavouriteStore {
  /** The IDs of the clients. */
  list(accountId: string): Promise<readonly string[]>
  /** Does nothing if it is already a favourite. */
  add(favourite: Favourite): Promise<void>
  remove(accountId: string, clientId: string): Promise<void>
  removeByAccount(accountId: string): Promise<void>
  removeByClient(clientId: string): Promise<void>
}
