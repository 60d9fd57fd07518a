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
    const ofEndedProcesses = fields.slice(13, 15).reduce((sum, ticks) => sum + ticks, 0) * tick
    return { parent, cpu: readThreads(pid) + ofEndedProcesses }
  } catch {
    // The process has ended.
    return undefined
  }
}

/** Milliseconds of the threads of a process, which are more precise than those of the process. */
function readThreads(pid: number): number {
  const nanoseconds = readdirSync(`/proc/${pid}/task`).map((thread) =>
    Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ', 1)[0]),
  )
  return nanoseconds.reduce((sum, one) => sum + one, 0) / 1e6
}

/** The process and everything that it started. */
function readTree(root: number): ReadonlyMap<number, ProcessStat> {
  const stats = new Map<number, ProcessStat>()
  for (const name of readdirSync('/proc')) {
    const stat = /^\d+$/.test(name) ? readStat(Number(name)) : undefined
    if (stat) stats.set(Number(name), stat)
  }
  const isDescendant = (pid: number): boolean => {
    const parent = stats.get(pid)?.parent ?? 0
    return pid === root || (parent !== 0 && isDescendant(parent))
  }
  return new Map([...stats].filter(([pid]) => isDescendant(pid)))
}

/** CPU time of a process and everything that it started, in milliseconds. */
export function readCpuTime(root: number): number {
  return [...readTree(root).values()].reduce((sum, { cpu }) => sum + cpu, 0)
}

/** Resident memory of a process and everything that it started, in MB. */
export function readMemory(root: number): number {
  return [...readTree(root).keys()].reduce((sum, pid) => sum + readResidentMemory(pid), 0)
}

function readResidentMemory(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024
}
