/** Instances and snapshots in the cleanup ledger. */
import type { Resource } from "../../drill/types.ts";
import type { ActionContext } from "../action.ts";
import type { AwsPlace } from "./aws.ts";

export type CloudKind = "rds-instance" | "rds-snapshot";

type Registered = Parameters<ActionContext["register"]>[0];

const WORDS: Readonly<Record<CloudKind, string>> = {
  "rds-instance": "RDS instance",
  "rds-snapshot": "RDS snapshot",
};

export function cloudResource(
  kind: CloudKind,
  name: string,
  { place, drill }: { readonly place: AwsPlace; readonly drill: string },
): Registered {
  const { region, endpoint } = place;
  return {
    id: `${kind}:${name}`,
    kind: "cloud",
    label: `${WORDS[kind]} ${name}`,
    undo: { what: kind, name, drill, region, endpoint },
  };
}

/** The newest first: an instance goes before the snapshot it came from. */
export function owedClouds({ resources }: Pick<ActionContext, "resources">): readonly Resource[] {
  return resources
    .filter(({ kind, status }) => kind === "cloud" && (status === "owed" || status === "undoing"))
    .toReversed();
}
