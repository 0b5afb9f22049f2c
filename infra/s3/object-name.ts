// A listing comes as XML 1.0, which cannot hold every character of a key, and not every store escapes them when asked to.
// They are written as two characters in the store, in a way that keeps the order of keys and of their beginnings.

const TAB = '\t'
const REPLACEMENT = '\ufffd'
const CONTROL_SHIFT = 0x40
const NONCHARACTER_SHIFT = 0xfffd - 0x30 // U+FFFD, FFFE and FFFF become 0, 1 and 2

/** How the store names the object of that key. */
export const nameOfKey = (key: string): string =>
  key.replace(/[\u0001-\u001f]|[\ufffd-\uffff]/g, (char) => {
    const code = char.charCodeAt(0)
    return code < 0x20
      ? TAB + String.fromCharCode(code + CONTROL_SHIFT)
      : REPLACEMENT + String.fromCharCode(code - NONCHARACTER_SHIFT)
  })

/** null for a name that no key has: not ours. */
export function keyOfName(name: string): string | null {
  const key = name.replace(/\t[\u0041-\u005f]|\ufffd[0-2]/g, (pair) => {
    const code = pair.charCodeAt(1)
    return String.fromCharCode(pair.startsWith(TAB) ? code - CONTROL_SHIFT : code + NONCHARACTER_SHIFT)
  })
  return nameOfKey(key) === name ? key : null
}
