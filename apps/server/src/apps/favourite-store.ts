/** An application that somebody wants to find first. */
export interface Favourite {
  readonly accountId: string
  readonly clientId: string
  /** Milliseconds since the Unix epoch. */
  readonly createdAt: number
}

/** Where favourites are kept. Every method joins the running transaction. */
export interface FavouriteStore {
  /** The ids of the clients. */
  list(accountId: string): Promise<readonly string[]>
  /** Also where it is one already. */
  add(favourite: Favourite): Promise<void>
  remove(accountId: string, clientId: string): Promise<void>
  removeByAccount(accountId: string): Promise<void>
  removeByClient(clientId: string): Promise<void>
}
