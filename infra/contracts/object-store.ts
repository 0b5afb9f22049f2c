export interface StoredObject {
  readonly key: string
  readonly size: number
}

/** Immutable files under keys. A key ends in a file name and holds no `..`, backslash or empty part. */
export interface ObjectStore extends AsyncDisposable {
  /** Atomic and durable when resolved. With `ifAbsent` a stored object stays and the answer is `exists`. */
  put(key: string, bytes: Uint8Array, options?: { readonly ifAbsent?: boolean }): Promise<'stored' | 'exists'>
  /** null when there is no such object. */
  get(key: string): Promise<Uint8Array | null>
  /** Every object whose key starts with `prefix`, in the order of the keys' UTF-8 bytes. */
  list(prefix: string): AsyncIterable<StoredObject>
  /** Also resolves when there is nothing to delete. */
  delete(key: string): Promise<void>
}
