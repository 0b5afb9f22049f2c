import { openFileObjectStore } from '#infra/filesystem/file-object-store.ts'

export const open = openFileObjectStore
