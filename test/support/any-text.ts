import fc from 'fast-check'

/** Any UTF-16 units, halves of pairs among them. (`fc.string` with binary units takes seconds to set up.) */
export const anyText = fc
  .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 300 })
  .map((units) => String.fromCharCode(...units))
