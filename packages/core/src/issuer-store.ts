/** Holds the one issuer that the other stores belong to. */
export interface IssuerStore {
  /** Stores this issuer unless there is one already. Returns the stored one. */
  claim(issuer: string): Promise<string>
  /** Replaces the issuer if it still is `from`; returns whether it was. */
  replace(from: string, to: string): Promise<boolean>
}
