/** The location of an IP address, in English as the contract requires; unknown parts are empty. */
export interface Location {
  readonly country: string
  readonly city: string
}

export const unknownLocation: Location = { country: '', city: '' }

/** The contract's country for IP addresses that are not on the public internet. */
export const internalNetwork = 'Internal Network'
export const lan: Location = { country: internalNetwork, city: 'LAN' }
export const tailscale: Location = { country: internalNetwork, city: 'Tailscale' }
