import { readFileSync } from 'node:fs'

// Loaded before the program: sets its clock to the milliseconds in a file.

const file = process.env.CLOCK_FILE ?? ''
const now = () => Number(readFileSync(file, 'utf8'))
const RealDate = Date

globalThis.Date = new Proxy(RealDate, {
  construct: (target, given, newTarget) => Reflect.construct(target, given.length === 0 ? [now()] : given, newTarget),
  get: (target, name) => (name === 'now' ? now : Reflect.get(target, name)),
})
