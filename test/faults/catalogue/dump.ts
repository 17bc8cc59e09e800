/** The dump goes wrong, mostly without a word: what its programs do is changed by a wrapper. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Fault } from "../types.ts";
import { mountTiny } from "./mount.ts";

type Extra = Partial<Omit<Fault, "name" | "kind" | "expect">>;

function dump(name: string, expect: RegExp, script: string, extra: Extra = {}): Fault {
  const inject: Fault["inject"] = (rig) => rig.wrap("pg_dump", script);
  return { name: `dump: ${name}`, kind: "dump", expect, inject, ...extra };
}

/** With other options than were asked for. */
function options(name: string, expect: RegExp, added: string, extra: Extra = {}): Fault {
  const script = `exec "$REAL" "\${rest[@]}" --file="$FILE" ${added}`;
  return dump(`with ${name}`, expect, script, extra);
}

/** The dump is right, and then it is not. */
function then(name: string, expect: RegExp, script: string, extra: Extra = {}): Fault {
  const done = `"$REAL" "\${rest[@]}" --file="$FILE" || exit`;
  return dump(name, expect, `${done}\n${script}\nexit 0`, extra);
}

const NOT_WHOLE = /complete dump|complete backup|cut|truncat|bytes|end of file|archive/iu;
const BIGGEST = `biggest=$(ls -S "$FILE"/[0-9]*.dat | head -1)`;

export const DUMP: readonly Fault[] = [
  then("cut to a tenth", NOT_WHOLE, 'truncate -s $(($(stat -c %s "$FILE") / 10)) "$FILE"'),
  then(
    "cut at a line end",
    NOT_WHOLE,
    'head -n 3000 "$FILE" > "$FILE.x" && cat "$FILE.x" > "$FILE"; rm "$FILE.x"',
  ),
  then("without its last line", NOT_WHOLE, `sed -i '/database dump complete/d' "$FILE"`),
  then("custom cut to a tenth", NOT_WHOLE, 'truncate -s $(($(stat -c %s "$FILE") / 10)) "$FILE"', {
    format: "custom",
  }),
  then("custom cut by its last bytes", NOT_WHOLE, 'truncate -s -40 "$FILE"', { format: "custom" }),
  then("a member emptied", /moves|replays/u, `${BIGGEST}; printf '\\\\.\\n\\n\\n' > "$biggest"`, {
    format: "directory",
  }),
  then("a member of no bytes", /moves|replays|empty/u, `${BIGGEST}; : > "$biggest"`, {
    format: "directory",
  }),
  then("a member missing", /moves|replays|missing|no such file/iu, `${BIGGEST}; rm "$biggest"`, {
    format: "directory",
  }),
  then("a member lost a row", /moves|replays/u, `${BIGGEST}; sed -i 2d "$biggest"`, {
    format: "directory",
  }),
  then(
    "a byte changed before the digest",
    /users/u,
    `sed -i 's/^\\(user0077.*\\)player 77/\\1player 78/' "$FILE"`,
  ),
  then(
    "rows of one table lost",
    /rating_history/u,
    `sed -i '/^COPY public.rating_history /,/^\\\\\\.$/{/^[0-9]/d}' "$FILE"`,
  ),
  then(
    "one index left out",
    /games_active_idx/u,
    `sed -i '/^CREATE INDEX games_active_idx /d' "$FILE"`,
  ),
  then(
    "sequence values left out",
    /_seq|counter|tickets/u,
    `sed -i '/pg_catalog.setval/d' "$FILE"`,
  ),
  then("exit code 1 after it all", /exit (?:code )?1|status 1/u, "exit 1"),
  dump("killed", /pg_dump/u, `("$REAL" "\${rest[@]}" --file="$FILE" & kill -9 $!; wait $!)`),
  dump(
    "killed and its exit code masked",
    /./u,
    `"$REAL" "\${rest[@]}" | head -c 300000 > "$FILE"; exit 0`,
  ),
  dump("nothing written, exit code 0", /./u, 'touch "$FILE"; exit 0'),
  dump(
    "no file, exit code 0",
    /no such file|missing|not exist|ENOENT|cannot be read|empty|Begins as a dump/iu,
    'rm -f "$FILE"; exit 0',
  ),
  dump(
    "file size limit",
    /pg_dump|write/u,
    `ulimit -f 200; trap '' XFSZ; exec "$REAL" "\${rest[@]}" --file="$FILE"`,
  ),
  dump(
    "file size limit and its exit code masked",
    NOT_WHOLE,
    `ulimit -f 200; trap '' XFSZ; "$REAL" "\${rest[@]}" --file="$FILE" 2>/dev/null; exit 0`,
  ),
  dump(
    "warning on stderr",
    /warning/iu,
    `echo 'pg_dump: warning: something odd was left out' >&2; exec "$REAL" "\${rest[@]}" --file="$FILE"`,
  ),
  dump(
    "error on stderr, exit code 0",
    /permission denied/u,
    `echo 'pg_dump: error: permission denied for table x' >&2; "$REAL" "\${rest[@]}" --file="$FILE"; exit 0`,
  ),
  dump(
    "of the wrong database",
    /users|games|moves/u,
    `keep=(); for one in "\${rest[@]}"; do [[ $one == --snapshot=* ]] && continue
      keep+=("$(sed "s/dbname='\\?ringrift'\\?/dbname=postgres/; s/^ringrift$/postgres/" <<< "$one")"); done
      exec "$REAL" "\${keep[@]}" --file="$FILE"`,
  ),
  options("schema only", /users|games|moves/u, "--schema-only"),
  options("only one schema", /schema "public" already exists|audit/u, "--schema=public"),
  options("only one extension", /hstore|pg_trgm|citext|extension/u, "--extension=postgres_fdw"),
  options("a table left out", /rating_history/u, "--exclude-table=rating_history"),
  options("a table's rows left out", /moves/u, "--exclude-table-data=moves"),
  options("unlogged rows left out", /lobby/u, "--no-unlogged-table-data"),
  options("no owners", /owner/iu, "--no-owner"),
  options("no grants", /grant|privilege|access|acl/iu, "--no-privileges"),
  options("no comments", /comment/iu, "--no-comments"),
  options("no large objects", /large object/iu, "--no-blobs"),
  options("no publications", /all_moves|audited/u, "--no-publications"),
  options(
    "only the first section",
    /index|constraint|key|trigger|users|games/iu,
    "--section=pre-data --section=data",
  ),
  options("inserts, which lose -0", /awkward/u, "--column-inserts"),
  options("no compression method of columns", /replays|compression/iu, "--no-toast-compression"),
  {
    name: "dump: rows of another moment",
    kind: "dump",
    expect: /rating_history/u,
    async inject(rig) {
      await rig.ownPrimary();
      rig.wrap(
        "pg_dump",
        `keep=(); for one in "\${rest[@]}"; do [[ $one == --snapshot=* ]] || keep+=("$one"); done
        while [ ! -e '${rig.home}/written' ]; do sleep 0.05; done; exec "$REAL" "\${keep[@]}" --file="$FILE"`,
      );
      rig.at("dumping", async () => {
        await rig.onPrimary(`INSERT INTO rating_history ("userId", rating) VALUES ('user0001', 5)`);
        mkdirSync(join(rig.home, "written"));
      });
    },
  },
  {
    name: "dump: under row security",
    kind: "dump",
    expect: /secrets/u,
    async inject(rig) {
      await rig.ownPrimary();
      await rig.onPrimary("ALTER TABLE audit.secrets OWNER TO ringrift_app");
      rig.wrap(
        "pg_dump",
        `PGOPTIONS="$PGOPTIONS -c role=postgres" "$REAL" "\${rest[@]}" --file="$FILE" || exit
        sed -i '/^COPY audit.secrets /,/^\\\\\\.$/{/^nobody/d}' "$FILE"`,
      );
    },
  },
  {
    name: "dump: an earlier one instead",
    kind: "dump",
    expect: /rating_history/u,
    async inject(rig) {
      await rig.ownPrimary();
      const old = await rig.backUp(rig.primary);
      rig.at(
        "before",
        async () => void (await rig.onPrimary(`DELETE FROM rating_history WHERE rating > 1400`)),
      );
      rig.wrap("pg_dump", `cat '${old}' > "$FILE"`);
    },
  },
  {
    name: "dump: full disk",
    kind: "dump",
    expect: /space/iu,
    needsMount: true,
    inject(rig) {
      const place = join(rig.home, "backups");
      mkdirSync(place);
      rig.afterwards(mountTiny(place, "600k"));
    },
  },
  {
    name: "dump: client with a known hole",
    kind: "dump",
    expect: /CVE-2026-18408/u,
    notice: "warning",
    inject(rig) {
      rig.wrap("psql", `exec "$REAL" "\${rest[@]}" --file="$FILE"`, "psql (PostgreSQL) 15.18");
    },
  },
  {
    name: "dump: client older than the server",
    kind: "dump",
    expect: /older than the server/u,
    inject(rig) {
      rig.wrap("pg_dump", "exit 1", "pg_dump (PostgreSQL) 14.9");
    },
  },
  {
    name: "dump: client too new for the server",
    kind: "dump",
    expect: /settings that a PostgreSQL 15 server refuses/u,
    inject(rig) {
      rig.wrap("pg_dump", "exit 1", "pg_dump (PostgreSQL) 17.2");
    },
  },
];
