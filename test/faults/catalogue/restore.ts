/** The backup is good; the restore, its programs or its database are not. */
import { chmodSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Fault, Rig } from "../types.ts";
import { mountTiny } from "./mount.ts";

type Extra = Partial<Omit<Fault, "name" | "kind" | "expect" | "inject">>;

function restore(name: string, expect: RegExp, inject: Fault["inject"], extra: Extra = {}): Fault {
  return { name: `restore: ${name}`, kind: "restore", expect, inject, ...extra };
}

/** psql reads something else than the file says, and nobody hears what it complains about. */
function filtered(name: string, expect: RegExp, filter: string): Fault {
  const quiet = `keep=(); for one in "\${rest[@]}"; do [ "$one" = ON_ERROR_STOP=1 ] && one=ON_ERROR_STOP=0; keep+=("$one"); done`;
  return restore(name, expect, (rig) =>
    rig.wrap("psql", `${quiet}\ninput | ${filter} | "$REAL" "\${keep[@]}" 2>/dev/null; exit 0`),
  );
}

function archive(name: string, expect: RegExp, options: string, extra: Extra = {}): Fault {
  return restore(
    `custom with ${name}`,
    expect,
    (rig) => rig.wrap("pg_restore", `exec "$REAL" "\${rest[@]}" ${options} "$FILE"`),
    { format: "custom", ...extra },
  );
}

/** Only entries of the table of contents that the pattern does not match. */
function listed(
  name: string,
  expect: RegExp,
  pattern: string,
  format: "custom" | "directory",
): Fault {
  const script = `"$REAL" -l "$FILE" | grep -v '${pattern}' > '$HERE/list'
    exec "$REAL" "\${rest[@]}" -L '$HERE/list' "$FILE"`;
  return restore(
    `${format} without ${name}`,
    expect,
    (rig) => rig.wrap("pg_restore", script.replaceAll("$HERE", rig.home)),
    { format },
  );
}

/** Another database in place of the one the drill made, with the drill's own marker on it. */
function instead(name: string, expect: RegExp, options: string): Fault {
  return restore(name, expect, (rig) =>
    rig.at("created", async () => {
      const marker = await rig.onServer(
        `SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = '${rig.restore}'`,
      );
      await remake(rig, options, marker);
    }),
  );
}

async function remake(rig: Rig, options: string, marker: string): Promise<void> {
  await rig.onServer("DROP DATABASE {db}");
  await rig.onServer(`CREATE DATABASE {db} ${options}`);
  if (marker === "") return;
  await rig.onServer(`COMMENT ON DATABASE {db} IS '${marker.replaceAll("'", "''")}'`);
}

export const RESTORE: readonly Fault[] = [
  restore("error swallowed", /INDEKS|syntax/u, (rig) =>
    rig.wrap(
      "psql",
      `input | sed 's/^CREATE INDEX games_status_idx/CREATE INDEKS games_status_idx/' | "$REAL" "\${rest[@]/ON_ERROR_STOP=1/ON_ERROR_STOP=0}"; exit 0`,
    ),
  ),
  restore("exit code 3", /exit (?:code )?3/u, (rig) =>
    rig.wrap("psql", "input > /dev/null; exit 3"),
  ),
  restore("killed", /psql/u, (rig) => rig.wrap("psql", "kill -9 $$")),
  restore("unknown warning", /odd/u, (rig) =>
    rig.wrap("psql", `echo 'psql: warning: something odd' >&2; input | exec "$REAL" "\${rest[@]}"`),
  ),
  filtered("nothing was read", /users|games|moves|table/u, "head -c 0"),
  filtered("half was read", /./u, "head -c 900000"),
  filtered("read until within a COPY", /moves/u, `sed '/^move004000/,$d'`),
  filtered(
    "a broken index statement and silence",
    /games_status_idx/u,
    `sed 's/^CREATE INDEX games_status_idx/CREATE INDEKS games_status_idx/'`,
  ),
  filtered("a row dropped on the way", /moves/u, `sed '/^move004711/d'`),
  filtered("a row doubled on the way", /scores/u, `sed '/^pair/{p}'`),
  filtered("owners dropped on the way", /owner|scores|mood/iu, "grep -av ' OWNER TO '"),
  filtered("grants dropped on the way", /grant|privilege|acl|games|users/iu, "grep -av '^GRANT'"),
  filtered("comments dropped on the way", /comment/iu, "grep -av '^COMMENT ON'"),
  filtered(
    "sequence values dropped on the way",
    /_seq|tickets|counter/u,
    "grep -av 'pg_catalog.setval'",
  ),
  filtered(
    "foreign keys dropped on the way",
    /fkey/u,
    "sed -z 's/ADD CONSTRAINT [^;]*FOREIGN KEY[^;]*;/ADD CONSTRAINT x CHECK (true) NOT VALID;/g'",
  ),
  filtered(
    "triggers dropped on the way",
    /users_touch|history_touch/u,
    "grep -av '^CREATE TRIGGER'",
  ),
  filtered("large objects dropped on the way", /large object/iu, "grep -av lo_open"),
  filtered(
    "text read in another encoding",
    /users|awkward/u,
    `sed "s/^SET client_encoding = 'UTF8'/SET client_encoding = 'LATIN1'/"`,
  ),
  filtered("row security dropped on the way", /secrets/u, "grep -av 'ROW LEVEL SECURITY'"),
  filtered("policies dropped on the way", /own_secrets|no_nobody/u, "grep -av '^CREATE POLICY'"),
  filtered(
    "defaults dropped on the way",
    /default|users|games/iu,
    "sed 's/ DEFAULT 1200 NOT NULL/ NOT NULL/'",
  ),
  restore("into another database", /users|games|moves|table/u, async (rig) => {
    const other = `other_${rig.restore}`;
    await rig.onServer(`CREATE DATABASE ${other} OWNER ringrift`);
    rig.afterwards(async () => void (await rig.onServer(`DROP DATABASE ${other}`)));
    rig.wrap(
      "psql",
      `keep=(); for one in "\${rest[@]}"; do keep+=("\${one/${rig.restore}/${other}}"); done
        input | "$REAL" "\${keep[@]}"`,
    );
  }),
  restore(
    "custom: errors ignored, exit code masked",
    /error|games_status_idx/iu,
    (rig) => {
      rig.wrap(
        "pg_restore",
        `"$REAL" -l "$FILE" | grep -v 'TYPE.*BoardType' > '${rig.home}/list'
      keep=(); for one in "\${rest[@]}"; do [ "$one" = --exit-on-error ] || keep+=("$one"); done
      "$REAL" "\${keep[@]}" -L '${rig.home}/list' "$FILE"; exit 0`,
      );
    },
    { format: "custom" },
  ),
  archive("no owners", /owner|scores|mood/iu, "--no-owner"),
  archive("no grants", /grant|privilege|acl|games|users/iu, "--no-privileges"),
  archive("no comments", /comment/iu, "--no-comments"),
  archive("no publications", /all_moves/u, "--no-publications"),
  archive("schema only", /users|games|moves/u, "--schema-only"),
  archive("one schema only", /citext|events|secrets|audit/u, "--schema=public"),
  archive(
    "the first sections only",
    /index|constraint|pkey|fkey|_idx/iu,
    "--section=pre-data --section=data",
  ),
  archive(
    "another owner's role",
    /ringrift|owner|permission|must be/iu,
    "--no-owner --role=ringrift_app",
  ),
  listed("an index", /games_active_idx/u, "INDEX.*games_active_idx", "custom"),
  listed("a table's data", /moves/u, "TABLE DATA public moves", "custom"),
  listed("a foreign key", /moves_gameId_fkey/u, "moves_gameId_fkey", "directory"),
  listed("a materialized view's rows", /game_counts/u, "MATERIALIZED VIEW DATA", "directory"),
  listed(
    "a sequence's value",
    /refresh_tokens_id_seq/u,
    "SEQUENCE SET.*refresh_tokens_id_seq",
    "directory",
  ),
  listed("large objects", /large object/iu, "BLOB", "directory"),
  listed("an event trigger", /watch_ddl/u, "EVENT TRIGGER", "custom"),
  listed("default privileges", /default/iu, "DEFAULT ACL", "custom"),
  listed("row security", /secrets|own_secrets/u, "ROW SECURITY\\|POLICY", "custom"),
  instead(
    "into SQL_ASCII",
    /encoding|SQL_ASCII/iu,
    "TEMPLATE template0 OWNER ringrift ENCODING 'SQL_ASCII' LOCALE 'C'",
  ),
  instead(
    "into another collation",
    /collat|locale/iu,
    "TEMPLATE template0 OWNER ringrift LOCALE 'C'",
  ),
  instead(
    "into an ICU database",
    /locale|provider|icu|collat/iu,
    "TEMPLATE template0 OWNER ringrift LOCALE_PROVIDER icu ICU_LOCALE 'de'",
  ),
  instead(
    "into a database without the settings",
    /work_mem|setting/iu,
    "TEMPLATE template0 OWNER ringrift",
  ),
  instead("into a database of another owner", /owner/iu, "TEMPLATE template0 OWNER ringrift_app"),
  restore("into a database with remains", /not empty|stranger/u, (rig) =>
    rig.at("created", async () => void (await rig.psql("CREATE TABLE stranger (a int)"))),
  ),
  restore("into a database that lost its marker", /marker/iu, (rig) =>
    rig.at("created", async () => void (await rig.onServer("COMMENT ON DATABASE {db} IS NULL"))),
  ),
  restore("database exists already", /restored_\d+.*exists/u, (rig) =>
    rig.at("backed-up", async () => void (await rig.onServer("CREATE DATABASE {db}"))),
  ),
  restore("somebody writes before the proof", /users/u, (rig) =>
    rig.at(
      "restored",
      async () => void (await rig.psql("UPDATE users SET rating = 1 WHERE id = 'user0001'")),
    ),
  ),
  restore(
    "full disk",
    /space/iu,
    async (rig) => {
      const place = join(rig.home, "tiny");
      mkdirSync(place);
      chmodSync(rig.home, 0o755);
      const unmount = mountTiny(place, "14m");
      const name = `tiny_${rig.restore}`;
      rig.afterwards(async () => {
        await rig.onServer(`DROP TABLESPACE IF EXISTS ${name}`);
        unmount();
      });
      await rig.onServer(`CREATE TABLESPACE ${name} LOCATION '${place}'`);
      rig.at(
        "created",
        async () => void (await rig.onServer(`ALTER DATABASE {db} SET TABLESPACE ${name}`)),
      );
    },
    { needsMount: true },
  ),
];
