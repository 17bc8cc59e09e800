/** Every catalogue query, in the order in which differences are told. */

import { casts, conversions } from "./casts.ts";
import { collations, collationVersions } from "./collations.ts";
import { columnOrder, columns } from "./columns.ts";
import { comments, securityLabels } from "./comments.ts";
import { constraints } from "./constraints.ts";
import { databaseFacts, reader, settings } from "./database.ts";
import { extensions } from "./extensions.ts";
import { foreignData } from "./foreign-data.ts";
import { defaultPrivileges, grants } from "./grants.ts";
import { indexes } from "./indexes.ts";
import { languages } from "./languages.ts";
import { largeObjects } from "./large-objects.ts";
import { operatorClasses, operatorFamilies, operators } from "./operators.ts";
import { publications, publishedTables, subscriptions } from "./replication.ts";
import { aggregates, functions } from "./routines.ts";
import { sequenceDefinitions } from "./sequences.ts";
import { statisticsObjects } from "./statistics.ts";
import { schemas, tables } from "./tables.ts";
import { textSearch } from "./text-search.ts";
import { disabledConstraintTriggers, eventTriggers, policies, triggers } from "./triggers.ts";
import type { FactQuery } from "./types.ts";
import { userTypes } from "./user-types.ts";
import { populated, rules, views } from "./views.ts";

export const FACT_QUERIES: readonly FactQuery[] = [
  reader,
  databaseFacts,
  settings,
  extensions,
  schemas,
  tables,
  columns,
  columnOrder,
  constraints,
  indexes,
  sequenceDefinitions,
  views,
  populated,
  rules,
  triggers,
  disabledConstraintTriggers,
  policies,
  functions,
  aggregates,
  userTypes,
  operators,
  operatorClasses,
  operatorFamilies,
  casts,
  conversions,
  collations,
  collationVersions,
  languages,
  textSearch,
  eventTriggers,
  publications,
  publishedTables,
  subscriptions,
  foreignData,
  statisticsObjects,
  largeObjects,
  grants,
  defaultPrivileges,
  comments,
  securityLabels,
];
