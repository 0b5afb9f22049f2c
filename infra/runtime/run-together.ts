/**
 * Runs parts that stand and fall together: when one rejects the others are told to stop and awaited. Resolves when all have;
 * rejects with the first rejection.
 */
export async function runTogether(
  parts: readonly ((signal: AbortSignal) => Promise<void>)[],
  signal: AbortSignal,
): Promise<void> {
  const failed = new AbortController()
  const running = AbortSignal.any([signal, failed.signal])
  const failures: unknown[] = []
  const run = async (part: (signal: AbortSignal) => Promise<void>) => {
    try {
      await part(running)
    } catch (error) {
      failures.push(error)
      failed.abort()
    }
  }
  await Promise.all(parts.map(run))
  if (failures.length > 0) throw failures[0]
}
