/** The backup was good when it was taken; something happened to the file, or to its manifest. */
import {
  appendFileSync,
  cpSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { BackupFormat } from "../../../source/environment/target.ts";
import { manifestPath } from "../../../source/postgres/manifest-file.ts";
import type { Fault, Rig } from "../types.ts";

function damaged(
  name: string,
  expect: RegExp,
  damage: (file: string, rig: Rig) => void | Promise<void>,
  format: BackupFormat = "plain",
): Fault {
  return {
    name: `file: ${name}`,
    kind: "backup-file",
    expect,
    format,
    inject(rig) {
      rig.at("backed-up", () => damage(rig.backup, rig));
    },
  };
}

/** A fault of the manifest alone: the backup itself restores well. */
function manifest(name: string, expect: RegExp, edit: (text: string) => string | undefined): Fault {
  return damaged(`manifest ${name}`, expect, (file) => {
    const path = manifestPath(file);
    const text = edit(readFileSync(path, "utf8"));
    if (text === undefined) rmSync(path);
    else writeFileSync(path, text);
  });
}

const cut = (share: number) => (file: string) =>
  truncateSync(file, Math.floor(statSync(file).size * share));
const edit = (change: (text: string) => string) => (file: string) => {
  const before = readFileSync(file, "latin1");
  const after = change(before);
  if (after === before) throw new Error("this damage damages nothing");
  writeFileSync(file, after, "latin1");
};
/** The largest data file of a directory backup. */
function member(directory: string): string {
  const paths = readdirSync(directory)
    .filter((name) => name.includes(".dat"))
    .map((name) => join(directory, name));
  return paths.sort((a, b) => statSync(b).size - statSync(a).size)[0] ?? "";
}
function flip(file: string, at: number): void {
  const bytes = readFileSync(file);
  const place = Math.floor(bytes.length * at);
  bytes[place] = (bytes[place] ?? 0) ^ 1;
  writeFileSync(file, bytes);
}
const DIGEST = /digest|bytes|contents|complete|manifest/iu;

export const BACKUP_FILE: readonly Fault[] = [
  damaged("cut to a tenth", DIGEST, cut(0.1)),
  damaged(
    "cut at a line end within COPY",
    DIGEST,
    edit((text) =>
      text.slice(0, text.indexOf("\n", text.indexOf("COPY public.moves ") + 50_000) + 1),
    ),
  ),
  damaged(
    "last line lost",
    /complete/u,
    edit((text) => text.replace("-- PostgreSQL database dump complete\n", "")),
  ),
  damaged(
    "one digit of a row changed",
    /other contents/u,
    edit((text) => text.replace("player 77\t", "player 78\t")),
  ),
  damaged("one bit flipped", /other contents/u, (file) => flip(file, 0.5)),
  damaged(
    "a row deleted",
    DIGEST,
    edit((text) => text.replace(/^move004711\t.*\n/mu, "")),
  ),
  damaged("emptied", DIGEST, cut(0)),
  damaged("lost", /no such file|not exist|cannot be read|ENOENT|missing/iu, (file) => rmSync(file)),
  damaged("another text", DIGEST, (file) => writeFileSync(file, "Not a dump at all.\n")),
  damaged("compressed meanwhile", DIGEST, (file) =>
    writeFileSync(file, gzipSync(readFileSync(file))),
  ),
  damaged("a block of zeros", DIGEST, (file) => {
    const bytes = readFileSync(file);
    bytes.fill(0, 200_000, 204_096);
    writeFileSync(file, bytes);
  }),
  damaged("a statement appended", DIGEST, (file) =>
    appendFileSync(file, "DROP TABLE public.moves;\n"),
  ),
  damaged(
    "a statement slipped in",
    DIGEST,
    edit((text) =>
      text.replace("\nCREATE TABLE public.moves", "\nSELECT 1;\nCREATE TABLE public.moves"),
    ),
  ),
  damaged(
    "line ends of another system",
    DIGEST,
    edit((text) => text.replaceAll("\n", "\r\n")),
  ),
  damaged("replaced by an earlier backup", DIGEST, async (file, rig) => {
    await rig.ownPrimary();
    await rig.onPrimary("DELETE FROM rating_history WHERE rating > 1400");
    cpSync(await rig.backUp(rig.primary), file, { force: true });
  }),
  damaged("custom cut to a tenth", DIGEST, cut(0.1), "custom"),
  damaged("custom cut in half", DIGEST, cut(0.5), "custom"),
  damaged("custom: one bit flipped", /other contents/u, (file) => flip(file, 0.7), "custom"),
  damaged("custom: beginning overwritten", DIGEST, (file) => flip(file, 0), "custom"),
  damaged(
    "directory: a member emptied",
    DIGEST,
    (file) => writeFileSync(member(file), "\\.\n\n\n"),
    "directory",
  ),
  damaged("directory: a member lost", /missing/u, (file) => rmSync(member(file)), "directory"),
  damaged("directory: a member cut", DIGEST, (file) => cut(0.6)(member(file)), "directory"),
  damaged(
    "directory: one bit of a member flipped",
    /other contents/u,
    (file) => flip(member(file), 0.5),
    "directory",
  ),
  damaged(
    "directory: a member in place of another",
    DIGEST,
    (file) => {
      const others = readdirSync(file).filter(
        (name) => name.includes(".dat") && join(file, name) !== member(file),
      );
      cpSync(join(file, others[0] ?? ""), member(file));
    },
    "directory",
  ),
  damaged(
    "directory: a file too many",
    /was not there/u,
    (file) => writeFileSync(join(file, "9999.dat"), "x"),
    "directory",
  ),
  damaged(
    "directory: table of contents cut",
    DIGEST,
    (file) => cut(0.3)(join(file, "toc.dat")),
    "directory",
  ),
  damaged(
    "directory: table of contents lost",
    DIGEST,
    (file) => rmSync(join(file, "toc.dat")),
    "directory",
  ),
  manifest("lost", /manifest/iu, () => undefined),
  manifest("cut", /manifest/iu, (text) => text.slice(0, text.length / 2)),
  manifest("with another number of rows", /manifest|moves/iu, (text) =>
    text.replace(/("rows": )8000\b/u, "$17999"),
  ),
  manifest("without a table", /manifest|replays/iu, (text) => text.replace('"replays"', '"repla"')),
  manifest("with another sequence value", /manifest|refresh_tokens_id_seq/iu, (text) =>
    text.replaceAll('"value": "100"', '"value": "101"'),
  ),
  manifest("with another time", /manifest/iu, (text) =>
    text.replace(/("takenAt": "20)\d\d/u, "$199"),
  ),
  damaged(
    "of another database",
    /ringrift_|another database|other database|this primary/iu,
    async (_file, rig) => {
      const other = await rig.backUp(rig.primary);
      await rig.ownPrimary();
      rig.set("BACKUP_FILE", other);
    },
  ),
  {
    name: "file: older than it may be",
    kind: "backup-file",
    expect: /old|age/iu,
    inject(rig) {
      rig.set("MAX_BACKUP_AGE", "1s");
      rig.at("backed-up", () => new Promise((resolve) => setTimeout(resolve, 1_100)));
    },
  },
];
