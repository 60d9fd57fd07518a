/** The location of an IP address, in English as in Pocket ID; unknown parts are empty. */
export interface Location {
  readonly country: string
  readonly city: string
}

export const unknownLocation: Location = { country: '', city: '' }

/** Pocket ID's country for IP addresses that are not on the public internet. */
export const internalNetwork = 'Internal Network'
export const lan: Location = { country: internalNetwork, city: 'LAN' }
export const tailscale: Location = { country: internalNetwork, city: 'Tailscale' }
