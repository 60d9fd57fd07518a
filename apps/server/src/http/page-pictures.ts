/** The URLs of an image for light and dark backgrounds. */
export interface ClientPictures {
  readonly light: string
  readonly dark: string
}

/** Uploaded images; `null` means the default image, or none. */
export interface PagePictures {
  instance(): Promise<{
    readonly favicon: { readonly href: string; readonly type: string } | null
    readonly logo: ClientPictures | null
    readonly background: string | null
  }>
  client(id: string): Promise<ClientPictures | null>
  /** The logos of several clients; clients without one are missing. One statement. */
  clients(ids: readonly string[]): Promise<ReadonlyMap<string, ClientPictures>>
}

export const noPictures: PagePictures = {
  instance: async () => ({ favicon: null, logo: null, background: null }),
  client: async () => null,
  clients: async () => new Map(),
}
