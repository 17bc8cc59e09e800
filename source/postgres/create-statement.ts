/** CREATE DATABASE with everything that must equal the primary. Pure. */
import type { DatabaseFacts } from "./database-facts.ts";
import { quoteIdent, quoteLiteral } from "./identifiers.ts";

export interface CreateRequest {
  readonly database: string;
  readonly primary: DatabaseFacts;
  /** As `server_version_num`. */
  readonly version: number;
  /**
   * A connection limit so large that it limits nothing, and random: it tells the database made
   * by this very statement from any other until the marker is on it, since CREATE DATABASE and
   * COMMENT cannot be one transaction.
   */
  readonly nonce: number;
}

const SMALLEST_NONCE = 1_000_000_000;
const LARGEST_INTEGER = 2_147_483_647;

/** `random` in [0, 1). */
export function nonceFrom(random: number): number {
  return SMALLEST_NONCE + Math.floor(random * (LARGEST_INTEGER - SMALLEST_NONCE));
}

export function createStatement({ database, primary, version, nonce }: CreateRequest): string {
  const options = [
    "TEMPLATE template0",
    ...(primary.mayGiveToOwner ? [`OWNER ${quoteIdent(primary.owner)}`] : []),
    `ENCODING ${quoteLiteral(primary.encoding)}`,
    `LC_COLLATE ${quoteLiteral(primary.collate)}`,
    `LC_CTYPE ${quoteLiteral(primary.ctype)}`,
    ...(version >= 150_000 ? [`LOCALE_PROVIDER ${primary.provider}`] : []),
    ...localeOptions(primary),
    ...(primary.tablespace !== "pg_default" && primary.mayUseTablespace
      ? [`TABLESPACE ${quoteIdent(primary.tablespace)}`]
      : []),
    `CONNECTION LIMIT ${nonce}`,
  ];
  return `CREATE DATABASE ${quoteIdent(database)} ${options.join(" ")}`;
}

function localeOptions({ provider, locale, icuRules }: DatabaseFacts): readonly string[] {
  if (locale === null || provider === "libc") return [];
  if (provider === "builtin") return [`BUILTIN_LOCALE ${quoteLiteral(locale)}`];
  const rules = icuRules === null ? [] : [`ICU_RULES ${quoteLiteral(icuRules)}`];
  return [`ICU_LOCALE ${quoteLiteral(locale)}`, ...rules];
}
