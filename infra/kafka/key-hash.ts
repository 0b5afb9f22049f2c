const M = 0x5bd1e995

/**
 * Murmur2 as Kafka's own clients place keys (Apache Kafka, Utils.murmur2), so that every producer puts a key into the same
 * partition. kafkajs has it on 64-bit objects, at several times the cost.
 */
export function keyHash(key: Uint8Array): number {
  const { length } = key
  const whole = length & ~3
  let hash = 0x9747b28c ^ length
  for (let i = 0; i < whole; i += 4) {
    const word =
      (key[i] as number) |
      ((key[i + 1] as number) << 8) |
      ((key[i + 2] as number) << 16) |
      ((key[i + 3] as number) << 24)
    const mixed = Math.imul(word, M)
    hash = Math.imul(hash, M) ^ Math.imul(mixed ^ (mixed >>> 24), M)
  }
  if (length > whole) {
    for (let i = length - 1; i >= whole; i--) hash ^= (key[i] as number) << (8 * (i - whole))
    hash = Math.imul(hash, M)
  }
  hash = Math.imul(hash ^ (hash >>> 13), M)
  return hash ^ (hash >>> 15)
}

/** The partition that Kafka's own clients choose for a key. */
export const partitionOf = (key: Uint8Array, partitions: number): number => (keyHash(key) & 0x7fffffff) % partitions
