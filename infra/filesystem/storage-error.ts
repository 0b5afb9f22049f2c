import { ErrorClass, PipelineError } from '#infra/contracts/errors.ts'

/** Gives a file system error its class, code and remedy; anything else comes back as it is: a bug. */
export function storageError(error: unknown, path: string): unknown {
  const code = error instanceof Error && 'code' in error && !(error instanceof PipelineError) ? error.code : undefined
  const make = (errorClass: ErrorClass, name: string, message: string) =>
    new PipelineError(errorClass, name, message, { cause: error })
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return make(
        ErrorClass.Transient,
        'DISK_FULL',
        `no space left for ${path}: free some, or choose another --data directory`,
      )
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return make(
        ErrorClass.Config,
        'DATA_NOT_WRITABLE',
        `${path} cannot be read or written: check its rights, or choose another --data directory`,
      )
    case 'ENOTDIR':
    case 'EEXIST':
      return make(
        ErrorClass.Config,
        'DATA_NOT_A_DIRECTORY',
        `${path} is not a directory: choose another --data directory`,
      )
    case 'ENAMETOOLONG':
    case 'ELOOP':
      return make(ErrorClass.Config, 'DATA_PATH_INVALID', `${path} cannot be a path: choose another --data directory`)
    case 'EIO':
      return make(ErrorClass.Transient, 'DISK_ERROR', `${path} cannot be read or written: check the disk`)
    default:
      return error
  }
}
