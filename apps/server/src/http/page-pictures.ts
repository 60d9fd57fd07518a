/** The addresses of a picture on a light and on a dark background. */
export interface ClientPictures {
  readonly light: string
  readonly dark: string
}

/** The pictures that people uploaded; `null` stands for ours, or for none. */
export interface PagePictures {
  instance(): Promise<{
    readonly favicon: { readonly href: string; readonly type: string } | null
    readonly logo: ClientPictures | null
    /** For the sign-in side. */
    readonly background: string | null
  }>
  client(id: string): Promise<ClientPictures | null>
  /** Those of several clients; who has none is left out. One statement. */
  clients(ids: readonly string[]): Promise<ReadonlyMap<string, ClientPictures>>
}

export const noPictures: PagePictures = {
  instance: async () => ({ favicon: null, logo: null, background: null }),
  client: async () => null,
  clients: async () => new Map(),
}
