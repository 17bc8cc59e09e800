/** Functions, procedures and aggregates. */
import {
  definition,
  identity,
  notDerived,
  notMember,
  owner,
  routine,
  USER_SCHEMA,
  when,
} from "./fragments.ts";
import type { FactQuery } from "./types.ts";

const FROM = `FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace`;
const MINE = `${USER_SCHEMA} AND ${notMember("pg_proc", "p.oid")}
  AND ${notDerived("pg_proc", "p.oid")}`;

export const functions: FactQuery = {
  about: "functions and procedures",
  sql: () => `SELECT CASE p.prokind WHEN 'p' THEN 'procedure' ELSE 'function' END AS kind,
  ${identity("pg_proc", "p.oid")} AS object,
  ${definition("pg_get_functiondef(p.oid)", owner("p.proowner"))} AS definition
${FROM} WHERE p.prokind <> 'a' AND ${MINE}`,
};

export const aggregates: FactQuery = {
  about: "aggregates",
  sql: () => `SELECT 'aggregate' AS kind, ${identity("pg_proc", "p.oid")} AS object,
  ${definition(
    "'arguments ' || pg_get_function_arguments(p.oid)",
    "'kind ' || a.aggkind::text || ', ' || a.aggnumdirectargs || ' direct'",
    "'state ' || format_type(a.aggtranstype, NULL) || ', size ' || a.aggtransspace",
    routine("transition", "a.aggtransfn"),
    routine("final", "a.aggfinalfn"),
    "'final extra ' || a.aggfinalextra || ', modifies ' || a.aggfinalmodify::text",
    routine("combine", "a.aggcombinefn"),
    routine("serialize", "a.aggserialfn"),
    routine("deserialize", "a.aggdeserialfn"),
    "'initial ' || quote_literal(a.agginitval)",
    when(
      "a.aggmtransfn <> 0",
      "'moving state ' || format_type(a.aggmtranstype, NULL) || ', size ' || a.aggmtransspace",
    ),
    routine("moving transition", "a.aggmtransfn"),
    routine("moving inverse", "a.aggminvtransfn"),
    routine("moving final", "a.aggmfinalfn"),
    when(
      "a.aggmfinalfn <> 0",
      "'moving final extra ' || a.aggmfinalextra || ', modifies ' || a.aggmfinalmodify::text",
    ),
    "'moving initial ' || quote_literal(a.aggminitval)",
    when("a.aggsortop <> 0", "'sort operator ' || a.aggsortop::regoperator::text"),
    "'parallel ' || p.proparallel::text",
    owner("p.proowner"),
  )} AS definition
${FROM} JOIN pg_aggregate a ON a.aggfnoid = p.oid WHERE ${MINE}`,
};
