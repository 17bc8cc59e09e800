/** Instances and snapshots in the cleanup ledger. */
import type { Resource } from "../../drill/types.ts";
import type { ActionContext } from "../action.ts";
import type { AwsPlace } from "./aws.ts";

type RdsKind = "rds-instance" | "rds-snapshot";
type CloudSqlKind = "cloudsql-instance" | "cloudsql-backup";
type CloudKind = RdsKind | CloudSqlKind | "azure-server";

type Registered = Parameters<ActionContext["register"]>[0];

const WORDS: Readonly<Record<CloudKind, string>> = {
  "rds-instance": "RDS instance",
  "rds-snapshot": "RDS snapshot",
  "cloudsql-instance": "Cloud SQL instance",
  "cloudsql-backup": "Cloud SQL backup of",
  "azure-server": "Azure flexible server",
};

export interface Owed {
  readonly what: CloudKind;
  readonly name: string;
  readonly drill: string;
}

function idOf(what: CloudKind, name: string): string {
  return `${what}:${name}`;
}

export function cloudSqlResourceId(name: string): string {
  return idOf("cloudsql-instance", name);
}

/** With what else its undoing needs to know. */
export function owedResource(owed: Owed, place: Readonly<Record<string, string>>): Registered {
  const { what, name, drill } = owed;
  return {
    id: idOf(what, name),
    kind: "cloud",
    label: `${WORDS[what]} ${name}`,
    undo: { what, name, drill, ...place },
  };
}

export function cloudResource(
  what: RdsKind,
  name: string,
  { place, drill }: { readonly place: AwsPlace; readonly drill: string },
): Registered {
  const { region, endpoint } = place;
  return owedResource({ what, name, drill }, { region, endpoint });
}

/** The newest first: an instance goes before the snapshot it came from. */
export function owedClouds({ resources }: Pick<ActionContext, "resources">): readonly Resource[] {
  return resources
    .filter(({ kind, status }) => kind === "cloud" && (status === "owed" || status === "undoing"))
    .toReversed();
}
