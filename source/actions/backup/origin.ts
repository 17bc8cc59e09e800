/** Of which database a backup is, and of which versions: the wrong one restores without a word. */
import type { Check } from "../../drill/types.ts";
import type { Target } from "../../environment/target.ts";
import { type BackupHeader, majorOf } from "../../postgres/backup-header.ts";
import { display } from "../../postgres/display.ts";
import { showName } from "../../postgres/identifiers.ts";
import type { Manifest } from "../../postgres/manifest.ts";
import { info, judged, passed, warning } from "../outcome.ts";

/** Where no user may ask for the identifier, both sides read so. */
const UNKNOWN = "unknown";

export interface OriginFacts {
  readonly manifest: Manifest | undefined;
  readonly header: BackupHeader;
  readonly target: Pick<Target, "summary">;
  /** A backup of another database or server is drilled on purpose. */
  readonly elsewhere: boolean;
}

export function originChecks(facts: OriginFacts): readonly Check[] {
  const { manifest, header, target, elsewhere } = facts;
  const title = "Taken of this primary";
  const { database, server } = target.summary;
  const taken = manifest?.database ?? header.database;
  if (taken === undefined) return [warning(title, "nothing tells of which database it is", "yes")];
  const of =
    manifest === undefined
      ? showName(taken)
      : `${showName(taken)} on ${display(manifest.server.address)} (PostgreSQL ${display(manifest.server.version)}, system ${display(manifest.server.systemIdentifier)})`;
  const wrong = wrongPlace(taken, manifest, { database, system: server.systemIdentifier });
  if (wrong !== undefined) {
    if (elsewhere) return [info(title, `no, on purpose: of ${of}`)];
    return [judged(title, false, { expected: "yes", observed: `${wrong}: it is of ${of}` })];
  }
  return manifest === undefined || manifest.server.systemIdentifier === UNKNOWN
    ? [warning(title, `of ${of}; of which server is not known`, "yes")]
    : [passed(title, of, "yes")];
}

function wrongPlace(
  taken: string,
  manifest: Manifest | undefined,
  here: { readonly database: string; readonly system: string },
): string | undefined {
  const system = manifest?.server.systemIdentifier ?? UNKNOWN;
  if (system !== UNKNOWN && here.system !== UNKNOWN && system !== here.system) {
    return "another server";
  }
  return taken === here.database ? undefined : "another database";
}

/** First major whose dumps set what older servers refuse (`transaction_timeout`). */
const NEW_SETTINGS = 17;

export function versionChecks(header: BackupHeader, serverVersion: string): readonly Check[] {
  const here = majorOf(serverVersion);
  const [from, by] = [majorOf(header.serverVersion), majorOf(header.dumpVersion)];
  const title = "Version";
  if (here === undefined || (from === undefined && by === undefined)) {
    return [
      warning(
        title,
        "the backup does not tell which versions made it",
        "not newer than the server",
      ),
    ];
  }
  const observed = `of PostgreSQL ${display(header.serverVersion ?? UNKNOWN)}, by pg_dump ${display(header.dumpVersion ?? UNKNOWN)}`;
  const expected = `not newer than the server, PostgreSQL ${display(serverVersion)}`;
  const tooNew = (from ?? 0) > here || ((by ?? 0) >= NEW_SETTINGS && here < NEW_SETTINGS);
  return [judged(title, !tooNew, { expected, observed })];
}
