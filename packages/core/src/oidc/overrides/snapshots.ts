/** The ID and text of an instance when it was last read or stored. */
export interface Snapshot {
  readonly id: string
  readonly text: string
}

const snapshot = Symbol('snapshot')

interface WithSnapshot {
  [snapshot]?: Snapshot
}

/** The text last read or stored; `undefined` if the instance was never stored. */
export function getSnapshot(instance: object): Snapshot | undefined {
  return (instance as WithSnapshot)[snapshot]
}

export function setSnapshot(instance: object, value: Snapshot): void {
  Object.defineProperty(instance, snapshot, { configurable: true, value })
}
