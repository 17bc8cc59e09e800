/** What the comparison of definitions does not cover, in words. Pure. */
import { displayList } from "../../display.ts";
import type { Facts } from "./types.ts";

export function uncoveredBy(facts: Facts): readonly string[] {
  const subscriptions = Object.keys(facts.subscription ?? {});
  const mappings = Object.keys(facts["user mapping"] ?? {});
  const superuser = facts["read by"]?.superuser === "yes";
  return [
    "roles, their memberships and settings, tablespaces and grants on parameters: they belong to the server",
    ...(subscriptions.length === 0
      ? []
      : [`subscriptions, which a drill does not restore: ${displayList(subscriptions)}`]),
    ...(mappings.length === 0 || superuser
      ? []
      : [`options of user mappings that this user may not read: ${displayList(mappings)}`]),
  ];
}
