/**
 * A backup drilled on purpose in another environment: the restore database is made like the
 * database that is there, and a dump carries nothing of the one it was taken of. What belongs to
 * the database rather than to its contents is then a warning. Pure.
 */
import type { ProofDifference, ProofSummary, ServerSummary } from "../../drill/types.ts";
import type { Manifest } from "../manifest.ts";

/** Encoding and locale stay differences: they change what text means and how it sorts. */
const OF_THE_DATABASE =
  /^(?:setting |database (?:owner|comment|grants|connection limit|tablespace)$)/u;

export function isElsewhere(
  { database, server }: Pick<Manifest, "database" | "server">,
  here: { readonly database: string; readonly server: Pick<ServerSummary, "systemIdentifier"> },
): boolean {
  return database !== here.database || server.systemIdentifier !== here.server.systemIdentifier;
}

export function judgedElsewhere(proof: ProofSummary): ProofSummary {
  const differences = proof.differences.filter(({ object }) => !OF_THE_DATABASE.test(object));
  const moved = proof.differences.filter(({ object }) => OF_THE_DATABASE.test(object));
  if (moved.length === 0) return proof;
  return {
    ...proof,
    differences,
    verdict: differences.length === 0 ? "equal" : proof.verdict,
    warnings: [...(proof.warnings ?? []), ...moved.map(asWarning)],
  };
}

function asWarning({ object, expected, observed }: ProofDifference): string {
  return `${object}: ${expected} where the backup was taken, ${observed} here; no dump carries it`;
}
