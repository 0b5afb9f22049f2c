/** SQL characters that our tokens may hold; what is left over (blanks and control characters) separates them. */
const TOKEN_CHARACTERS = "!\"#$%&''()*+,-./:;<=>?@[\\]^_`{|}~"

/**
 * `mention`: what is known of an id, also of one that is gone or was never held. `row` leads to the other tables and orders
 * mentions by time (`search-rows.ts`). `fts` holds the visible mentions for every query, and of hidden ones only their author.
 * `facts` keeps the numbers that are summed, many mentions to a blob: a lookup per mention would be most of a histogram's cost.
 * `text` is what verification and term counts read, `rebuild` how far an index of an earlier format has been brought up to date, `body` the record as it stood on the topic, read only for the page shown.
 */
export const SEARCH_MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE mention (
    id TEXT PRIMARY KEY,
    row INTEGER,
    visible INTEGER NOT NULL,
    firstObservedAt INTEGER,
    deletedAt INTEGER,
    visibilityRev INTEGER,
    hidden INTEGER,
    unheldSince INTEGER
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX mention_unheld ON mention (unheldSince) WHERE unheldSince IS NOT NULL;

  CREATE TABLE author (
    key TEXT PRIMARY KEY,
    until INTEGER,
    block INTEGER NOT NULL,
    visibilityRev INTEGER,
    hidden INTEGER
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE body (row INTEGER PRIMARY KEY, firstObservedAt INTEGER NOT NULL, event BLOB NOT NULL) STRICT;
  CREATE TABLE text (row INTEGER PRIMARY KEY, terms TEXT NOT NULL, tokens TEXT NOT NULL) STRICT;
  CREATE TABLE facts (chunk INTEGER PRIMARY KEY, numbers BLOB NOT NULL) STRICT;

  CREATE VIRTUAL TABLE fts USING fts5(
    document, content = '', contentless_delete = 1, tokenize = "ascii tokenchars '${TOKEN_CHARACTERS.replace('"', '""')}'"
  );
  `,
  // Fields: what they ask is made from the records that are there, by SearchWriter.
  `
  ALTER TABLE text ADD COLUMN facts TEXT NOT NULL DEFAULT '';
  CREATE TABLE rebuild (after INTEGER NOT NULL) STRICT;
  INSERT INTO rebuild SELECT min(row) - 1 FROM body HAVING count(*) > 0;
  `,
]
