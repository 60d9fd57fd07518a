/** Holds the one issuer that the other stores belong to. */
export interface IssuerStore {
  /** Stores this issuer unless one already exists. Returns the stored one. */
  claim(issuer: string): Promise<string>
  /** Replaces the issuer if it still is `from`; returns whether it was. */
  replace(from: string, to: string): Promise<boolean>
}
