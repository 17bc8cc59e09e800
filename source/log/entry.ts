/** What of a drill goes into the log. Pure: time, tool and signer come in as facts. */
import type { DrillState } from "../drill/state.ts";
import type {
  Measurements,
  ProofSummary,
  SignOff,
  ToolSummary,
  UndoTry,
  Verdict,
} from "../drill/types.ts";
import { deviationsOf } from "../drill/verdict.ts";
import { entryItems, finishedReports } from "./entry-items.ts";
import type { Signer, UnsignedEntry } from "./types.ts";

export interface EntryFacts {
  /** Hash of the entry before. */
  readonly previous: string;
  /** Of the sign-off. */
  readonly signedAt: string;
  /** Of the drill. */
  readonly finishedAt: string;
  readonly tool: ToolSummary;
  readonly verdict: Verdict;
  readonly signer: Signer;
}

/** Of a drill that has started; calling it for another is a bug. */
export function buildEntry(state: DrillState, signOff: SignOff, facts: EntryFacts): UnsignedEntry {
  const { drill } = state;
  if (drill === undefined) {
    throw new Error("A drill that has not started has no entry");
  }
  const { id, title, runbook, source } = drill.checklist;
  const { name, target, server, database } = drill.environment;
  const endedBecause = (state.abort ?? state.givenUp)?.reason;
  return {
    id: drill.id,
    checklist: {
      id,
      title,
      digest: source.digest,
      ...(runbook !== undefined && { runbook }),
    },
    environment: { name, target, server, database, restoreDatabase: drill.restoreDatabase },
    operator: signOff.operator,
    ...(drill.operator !== signOff.operator && { startedBy: drill.operator }),
    ...(signOff.approver !== undefined && { approver: signOff.approver }),
    ...(drill.checklist.approval !== undefined && { approval: drill.checklist.approval }),
    startedAt: drill.startedAt,
    finishedAt: facts.finishedAt,
    signedAt: facts.signedAt,
    verdict: facts.verdict,
    ...(endedBecause !== undefined && { endedBecause }),
    items: entryItems(state),
    ...results(state),
    findings: state.findings.map((finding) => ({ ...finding })),
    deviations: deviationsOf(state).map((deviation) => ({ ...deviation })),
    cleanup: cleanupOf(state),
    resumes: state.resumes.map((resume) => ({ ...resume })),
    issues: signOff.issues,
    statement: signOff.statement,
    kind: signOff.kind,
    related: [...signOff.related],
    tool: facts.tool,
    signer: facts.signer,
    previous: facts.previous,
  };
}

/** The newest word of each kind, from attempts that still count. */
function results(state: DrillState): Pick<UnsignedEntry, "measurements" | "backup" | "proof"> {
  const reports = finishedReports(state);
  const measured: Measurements = Object.assign({}, ...reports.map((one) => one.measurements));
  const backup = reports.findLast((one) => one.backup !== undefined)?.backup;
  const proof = reports.findLast((one) => one.proof !== undefined)?.proof;
  return {
    measurements: {
      backupSeconds: figure(measured.backupSeconds),
      backupBytes: figure(measured.backupBytes),
      restoreSeconds: figure(measured.restoreSeconds),
      proofSeconds: figure(measured.proofSeconds),
      databaseBytes: figure(measured.databaseBytes),
      rows: figure(measured.rows),
    },
    backup: backup ?? null,
    proof: proof === undefined ? null : writable(proof),
  };
}

function figure(measured: number | undefined): number | null {
  return measured !== undefined && Number.isFinite(measured) ? measured : null;
}

function writable(proof: ProofSummary): NonNullable<UnsignedEntry["proof"]> {
  const { warnings, ...rest } = proof;
  return {
    ...rest,
    ...(warnings !== undefined && { warnings: [...warnings] }),
    covered: [...proof.covered],
    notCovered: [...proof.notCovered],
    differences: [...proof.differences],
  };
}

type CleanupTry = NonNullable<UnsignedEntry["cleanup"][number]["attempts"]>[number];

function cleanupTry({ startedAt, ended }: UndoTry): CleanupTry {
  const status = ended?.status ?? "interrupted";
  return { startedAt, status, ...(ended !== undefined && { message: ended.told }) };
}

function cleanupOf(state: DrillState): UnsignedEntry["cleanup"] {
  return state.resources.map(({ label, status, reason, tries = [] }) => ({
    label,
    status: status === "undoing" ? "owed" : status,
    ...(reason !== undefined && { reason }),
    ...(tries.length > 1 && { attempts: tries.map(cleanupTry) }),
  }));
}
