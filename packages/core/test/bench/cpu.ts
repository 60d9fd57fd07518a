import { readdirSync, readFileSync } from 'node:fs'

/** Milliseconds of each unit in /proc/PID/stat. */
const tick = 10

interface ProcessStat {
  readonly parent: number
  /** Milliseconds, including ended child processes. */
  readonly cpu: number
}

function readStat(pid: number): ProcessStat | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = text
      .slice(text.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number)
    const [parent = 0] = fields.slice(1, 2)
    return { parent, cpu: fields.slice(11, 15).reduce((sum, ticks) => sum + ticks, 0) * tick }
  } catch {
    // The process has ended.
    return undefined
  }
}

/** CPU time of a process and everything that it started, in milliseconds. */
export function readCpuTime(root: number): number {
  const stats = new Map<number, ProcessStat>()
  for (const name of readdirSync('/proc')) {
    const stat = /^\d+$/.test(name) ? readStat(Number(name)) : undefined
    if (stat) stats.set(Number(name), stat)
  }
  const isDescendant = (pid: number): boolean => {
    const parent = stats.get(pid)?.parent ?? 0
    return pid === root || (parent !== 0 && isDescendant(parent))
  }
  let sum = 0
  for (const [pid, { cpu }] of stats) if (isDescendant(pid)) sum += cpu
  return sum
}

/** Resident memory of a process, in MB. */
export function readMemory(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024
}
