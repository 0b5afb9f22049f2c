import { spawnSync } from 'node:child_process'

/** A small disk that is gone with the process: a tmpfs in a mount namespace, which Linux lets everybody make where it is not forbidden. */
export const onSmallDisk = (folder: string, command: readonly string[]): [string, string[]] => {
  const script = 'mount -t tmpfs -o size=64m tmpfs "$0" && exec "$@"'
  return ['unshare', ['--map-root-user', '--mount', 'sh', '-c', script, folder, ...command]]
}

export const hasSmallDisk = (): boolean => spawnSync(...onSmallDisk('/mnt', ['true'])).status === 0
