// Scripts told apart before any statistics; several may be one group where languages mix them.
const SCRIPTS: readonly (readonly [name: string, units: RegExp])[] = [
  ['Latin', /\p{Script=Latin}/u],
  ['Cyrillic', /\p{Script=Cyrillic}/u],
  ['Arabic', /\p{Script=Arabic}/u],
  ['Devanagari', /\p{Script=Devanagari}/u],
  ['East Asian', /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー々]/u],
  ['Hangul', /\p{Script=Hangul}/u],
  ['Greek', /\p{Script=Greek}/u],
  ['Hebrew', /\p{Script=Hebrew}/u],
  ['Thai', /\p{Script=Thai}/u],
  ['Bengali', /\p{Script=Bengali}/u],
  ['Gujarati', /\p{Script=Gujarati}/u],
  ['Gurmukhi', /\p{Script=Gurmukhi}/u],
  ['Tamil', /\p{Script=Tamil}/u],
  ['Telugu', /\p{Script=Telugu}/u],
  ['Armenian', /\p{Script=Armenian}/u],
  ['Ethiopic', /\p{Script=Ethiopic}/u],
  ['Sinhala', /\p{Script=Sinhala}/u],
  ['Georgian', /\p{Script=Georgian}/u],
]

export const SCRIPT_COUNT = SCRIPTS.length
export const scriptName = (script: number): string => SCRIPTS[script]![0]

const UNSEEN = 255
const OTHER = 254
const scripts = new Uint8Array(0x10000).fill(UNSEEN)
const lowers = new Uint16Array(0x10000)

/** Number of the unit's script, or -1 for marks, digits and scripts that we do not know. */
export function scriptOf(unit: number): number {
  const script = scripts[unit] === UNSEEN ? learn(unit) : scripts[unit]!
  return script === OTHER ? -1 : script
}

/** The unit in lower case, accents kept: they tell languages apart. Call `scriptOf` first. */
export const lowerOf = (unit: number): number => lowers[unit]!

function learn(unit: number): number {
  const char = String.fromCharCode(unit)
  const lower = char.toLowerCase()
  lowers[unit] = lower.length === 1 ? lower.charCodeAt(0) : unit
  const script = SCRIPTS.findIndex(([, units]) => units.test(char))
  scripts[unit] = script < 0 ? OTHER : script
  return scripts[unit]!
}
