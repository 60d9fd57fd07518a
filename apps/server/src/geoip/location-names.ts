import type { Messages } from '../http/messages.ts'
import type { GeoIp } from './geoip.ts'
import { internalNetwork, lan, type Place } from './location.ts'

/** A location as text; empty if unknown. `kept` is a stored earlier location of the IP address. */
export type LocationNames = (ipAddress: string | null, kept?: Place) => string

export function locationNames(places: GeoIp, { text, language }: Messages): LocationNames {
  return (ipAddress, kept = places.of(ipAddress)) => {
    if (kept.country === internalNetwork) return kept.city === lan.city ? text('place.internal') : kept.city
    const { city, country } = places.inLanguage(kept, ipAddress, language)
    return [city, country].filter((part) => part !== '').join(', ')
  }
}
