import { cpus, loadavg, totalmem } from 'node:os'

/** What every figure is printed with: it was measured on this machine, and that much else ran on it. */
export function machineLine(): string {
  const [first] = cpus()
  const memory = Math.round(totalmem() / 2 ** 30)
  const load = (loadavg()[0] ?? 0).toFixed(1)
  return `Node ${process.version}, ${cpus().length} × ${first?.model}, ${memory} GiB; load of the last minute ${load}`
}

/** The same for machines. */
export const machineJson = () => ({
  node: process.version,
  cores: cpus().length,
  processor: cpus()[0]?.model ?? null,
  memoryBytes: totalmem(),
  load: loadavg()[0] ?? null,
})
