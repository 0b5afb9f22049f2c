/**
 * An action that many ask for at the same time. What is returned resolves when a run has ended that began after it was called:
 * one that was already under way may have passed by what the caller has just written.
 */
export function sharedRun(action: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | null = null
  let next: Promise<void> | null = null
  const afterRunning = async (): Promise<void> => {
    await running?.catch(() => undefined) // told to those who waited for it
    next = null
    running = action()
    await running
  }
  return () => {
    next ??= afterRunning()
    return next
  }
}
