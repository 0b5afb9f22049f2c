/** The file of a worker thread beside the calling module: TypeScript in a checkout, JavaScript in the published package. */
export const workerUrl = (caller: string, name: string): URL =>
  new URL(`./${name}${caller.endsWith('.ts') ? '.ts' : '.js'}`, caller)
