/** The location of an IP address, in English as the contract requires; unknown parts are empty. */
export interface Place {
  readonly country: string
  readonly city: string
}

export const noOrigin: Place = { country: '', city: '' }

/** The contract's country for IP addresses that are not on the public internet. */
export const internalNetwork = 'Internal Network'
export const lan: Place = { country: internalNetwork, city: 'LAN' }
export const tailscale: Place = { country: internalNetwork, city: 'Tailscale' }
