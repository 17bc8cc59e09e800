/** What a database is made of, apart from its rows: one text per object, by kind and stable name. */

/** Kind (`index`), then object (`public.games_pkey`), then definition. Names, never OIDs. */
export type Facts = Readonly<Record<string, Readonly<Record<string, string>>>>;

export interface FactsReading {
  readonly facts: Facts;
  /** What could not be read or is never compared, in words for an operator. */
  readonly uncovered: readonly string[];
}

export interface ReadFactsOptions {
  /** As `server_version_num`: 150018. */
  readonly serverVersion: number;
}

/** One catalogue query. Its rows are `kind`, `object` (quoted as the server does) and `definition`. */
export interface FactQuery {
  /** For messages: `indexes`. */
  readonly about: string;
  /** undefined where this version has no such thing. */
  sql(version: number): string | undefined;
}
