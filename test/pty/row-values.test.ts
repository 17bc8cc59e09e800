/** A failed proof at a real terminal: row values are seen there, and are nowhere afterwards. */
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newHome } from "../helpers/cli.ts";
import { type Postgres15, postgres15Available, startPostgres15 } from "../helpers/postgres15.ts";
import { startInTerminal } from "./terminal.ts";

const LEAVES_ALTERNATE_SCREEN = "\u001b[?1049l";
const PASSWORD = "pass word";

describe.runIf(postgres15Available)("row values", () => {
  let server: Postgres15;
  let home = "";

  beforeAll(async () => {
    server = await startPostgres15();
    const { user } = server.createRole("drill owner", PASSWORD, "CREATEDB");
    server.createDatabase("games", user);
    server.psql(
      `CREATE TABLE players (id int PRIMARY KEY, secret text);
      INSERT INTO players SELECT g, 'hush-hush ' || g FROM generate_series(1, 30) g;
      ALTER TABLE players OWNER TO "drill owner"`,
      "games",
    );
    home = await newHome();
    await mkdir(join(home, "backups"));
    await writeFile(join(home, "restore-drill.yaml"), CONFIG(server));
    await writeFile(join(home, "checklist.yaml"), CHECKLIST);
  });
  afterAll(() => server?.stop());

  it("are shown on a key press, and are in no journal, log, export or scrollback", async () => {
    const args = ["checklist.yaml", "--operator", "Robin"];
    const app = startInTerminal(args, { home, env: { DRILL_DB_PASSWORD: PASSWORD } });
    await app.shows(/b begin/);
    app.type("b");
    await app.shows(/Failed: Prove/);
    await app.shows(/v values/);
    app.type("v");
    await app.shows(/hush-hush 7/);
    await app.shows(/leaked 7/);
    // Closes them, as any other key does.
    app.type("q");
    await app.shows(/v values/);
    app.type("u");
    await app.shows(/Give up/);
    app.type("It differs.");
    await app.shows(/It differs\./);
    app.type("\u0004");
    await app.shows(/The drill is over/);
    app.type("\r");
    await app.shows(/\[ Sign \]/);
    app.type("\u0004");
    await app.shows(/Signed and saved/);
    app.type("e");
    await app.shows(/Export the log entry/);
    app.type("\u0004");
    await app.shows(/Written: /);
    app.type("q");
    expect(await app.exit).toBe(1);

    expect(app.raw()).toContain("hush-hush 7");
    const after = app.raw().lastIndexOf(LEAVES_ALTERNATE_SCREEN);
    expect(app.raw().slice(after)).not.toMatch(/hush|leaked/);
    const files = await textsBelow(home);
    const told = files.filter(({ text }) => text.includes("public.players row (7)"));
    expect(told.map(({ path }) => path)).toEqual(
      expect.arrayContaining([
        expect.stringContaining("journal"),
        expect.stringContaining("log.jsonl"),
        expect.stringMatching(/\.md$/),
      ]),
    );
    expect(files.filter(({ text }) => /hush|leaked 7/.test(text)).map(({ path }) => path)).toEqual(
      [],
    );
  });

  /** All that was written but the backup itself. */
  async function textsBelow(folder: string) {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    const paths = entries
      .filter((one) => one.isFile())
      .map((one) => join(one.parentPath, one.name));
    const written = paths.filter((path) => !/checklist\.yaml$|backups.*\.sql$/.test(path));
    return Promise.all(
      written.map(async (path) => ({ path, text: await readFile(path, "latin1") })),
    );
  }
});

const CONFIG = ({ port, bin }: Postgres15) => `default: local
environments:
  local:
    target: direct
    host: 127.0.0.1
    port: ${port}
    user: drill owner
    password: \${DRILL_DB_PASSWORD}
    database: games
    bin: ${bin}
    backups: { host: ./backups }
`;

const CHECKLIST = `id: differing
title: Differing
variables:
  RESTORE_DB: { default: restored, description: Where to }
sections:
  - title: Only
    items:
      - id: item
        title: Item
        steps:
          - { id: backup, title: Dump, uses: postgres/backup, with: { format: plain, prefix: d_ } }
          - { id: create, title: Create, uses: postgres/create-restore-database, with: { database: "\${RESTORE_DB}" } }
          - { id: restore, title: Restore, uses: postgres/restore, with: { file: "\${BACKUP_FILE}", database: "\${RESTORE_DB}" } }
          - id: break
            title: Break
            run: psql -q "$DATABASE_URL" -c "UPDATE players SET secret = chr(108) || 'eaked ' || id WHERE id = 7"
          - { id: prove, title: Prove, uses: postgres/prove, with: { file: "\${BACKUP_FILE}", database: "\${RESTORE_DB}" } }
`;
