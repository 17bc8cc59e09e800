/** Migrations in the directory against those a database says it has, as Prisma judges them. */

export interface MigrationFile {
  readonly name: string;
  /**
   * SHA-256 of `migration.sql`, as it is and with either line ending: Prisma takes any of them,
   * as a checkout on Windows changes the bytes. Empty when the file is missing.
   */
  readonly checksums: readonly string[];
}

/** A row of `_prisma_migrations`. A migration that was tried again has several. */
export interface MigrationRow {
  readonly name: string;
  readonly checksum: string;
  readonly finished: boolean;
  readonly rolledBack: boolean;
}

export interface MigrationComparison {
  readonly applied: readonly string[];
  /** In the directory, not in the database. */
  readonly missing: readonly string[];
  /** In the database, not in the directory. */
  readonly extra: readonly string[];
  /** Applied, but the file has other contents now. */
  readonly changed: readonly string[];
  /** Begun, neither finished nor rolled back: Prisma refuses to go on after one. */
  readonly unfinished: readonly string[];
  /** Directories without a `migration.sql`. */
  readonly withoutSql: readonly string[];
}

export function compareMigrations(
  files: readonly MigrationFile[],
  rows: readonly MigrationRow[],
): MigrationComparison {
  // A rolled-back try counts for nothing, whatever came after it.
  const live = rows.filter(({ rolledBack }) => !rolledBack);
  const unfinished = new Set(live.filter(({ finished }) => !finished).map(({ name }) => name));
  const finished = new Map(
    live.filter((row) => row.finished && !unfinished.has(row.name)).map((row) => [row.name, row]),
  );
  const known = new Set(files.map(({ name }) => name));
  const withSql = files.filter(({ checksums }) => checksums.length > 0);
  const applied = withSql.filter(({ name }) => finished.has(name));
  return {
    applied: names(applied),
    missing: names(withSql).filter((name) => !finished.has(name) && !unfinished.has(name)),
    extra: [...finished.keys()].filter((name) => !known.has(name)).sort(),
    changed: names(
      applied.filter(
        ({ name, checksums }) => !checksums.includes(finished.get(name)?.checksum ?? ""),
      ),
    ),
    unfinished: [...unfinished].sort(),
    withoutSql: names(files.filter(({ checksums }) => checksums.length === 0)),
  };
}

function names(files: readonly MigrationFile[]): readonly string[] {
  return files.map(({ name }) => name).sort();
}
