/** Where an address is, in English as the contract has it; a part that is not known is empty. */
export interface Place {
  readonly country: string
  readonly city: string
}

export const noOrigin: Place = { country: '', city: '' }

/** What the contract calls the country of addresses that are not on the public internet. */
export const internalNetwork = 'Internal Network'
export const lan: Place = { country: internalNetwork, city: 'LAN' }
export const tailscale: Place = { country: internalNetwork, city: 'Tailscale' }
