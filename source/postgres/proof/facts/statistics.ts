/** Statistics objects: which columns the planner looks at together. */
import { definition, notMember, owner, USER_SCHEMA, when } from "./fragments.ts";
import type { FactQuery } from "./types.ts";

export const statisticsObjects: FactQuery = {
  about: "statistics objects",
  sql: () => `SELECT 'statistics object' AS kind, format('%I.%I', n.nspname, x.stxname) AS object,
  ${definition(
    "pg_get_statisticsobjdef(x.oid)",
    when("x.stxstattarget >= 0", "'target ' || x.stxstattarget"),
    owner("x.stxowner"),
  )} AS definition
FROM pg_statistic_ext x JOIN pg_namespace n ON n.oid = x.stxnamespace
WHERE ${USER_SCHEMA} AND ${notMember("pg_statistic_ext", "x.oid")}`,
};
