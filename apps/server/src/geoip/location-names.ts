import type { Messages } from '../http/messages.ts'
import type { GeoIp } from './geoip.ts'
import { internalNetwork, type Location, lan } from './location.ts'

/** A location as text; empty if unknown. `stored` is an earlier location of the IP address. */
export type LocationNames = (ipAddress: string | null, stored?: Location) => string

export function locationNames(geoIp: GeoIp, { text, list, language }: Messages): LocationNames {
  return (ipAddress, stored = geoIp.locate(ipAddress)) => {
    if (stored.country === internalNetwork) return stored.city === lan.city ? text('place.internal') : stored.city
    const { city, country } = geoIp.localize(stored, ipAddress, language)
    return list([city, country].filter((part) => part !== ''))
  }
}
