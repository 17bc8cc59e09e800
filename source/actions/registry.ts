/** Everything `uses:` can name, and everything that undoes what an action made. */
import type { ActionCatalogue } from "../checklist/types.ts";
import type { Resource } from "../drill/types.ts";
import type { Action, Undoer } from "./action.ts";
import { appRunAction } from "./app/run.ts";
import { appStartAction } from "./app/start.ts";
import { appStopAction } from "./app/stop.ts";
import { inspectAction } from "./backup/inspect.ts";
import { pruneAction } from "./backup/prune.ts";
import { catalogueOf } from "./catalogue.ts";
import { awsIdentityAction } from "./cloud/aws-identity.ts";
import { azureDeleteAction } from "./cloud/azure-delete.ts";
import { azureIdentityAction } from "./cloud/azure-identity.ts";
import { azurePointAction } from "./cloud/azure-point.ts";
import { azureRestoreAction } from "./cloud/azure-restore.ts";
import { azureSourceAction } from "./cloud/azure-source.ts";
import { azureWaitAction } from "./cloud/azure-wait.ts";
import { cloudSqlBackupAction } from "./cloud/cloudsql-backup.ts";
import { cloudSqlClaimAction } from "./cloud/cloudsql-claim.ts";
import { cloudSqlCloneAction } from "./cloud/cloudsql-clone.ts";
import { cloudSqlDeleteAction } from "./cloud/cloudsql-delete.ts";
import { cloudSqlPointAction } from "./cloud/cloudsql-point.ts";
import { cloudSqlRestoreAction } from "./cloud/cloudsql-restore.ts";
import { cloudSqlSourceAction } from "./cloud/cloudsql-source.ts";
import { cloudSqlWaitAction } from "./cloud/cloudsql-wait.ts";
import { gcloudIdentityAction } from "./cloud/gcloud-identity.ts";
import { rdsDeleteAction } from "./cloud/rds-delete.ts";
import { rdsPointAction } from "./cloud/rds-point.ts";
import { rdsRestoreAction } from "./cloud/rds-restore.ts";
import { rdsSnapshotAction } from "./cloud/rds-snapshot.ts";
import { rdsSourceAction } from "./cloud/rds-source.ts";
import { rdsWaitAction } from "./cloud/rds-wait.ts";
import { drillApproverAction } from "./drill/approver.ts";
import { drillUndoAction } from "./drill/undo.ts";
import { connectionHeadroomAction } from "./environment/connection-headroom.ts";
import { freeSpaceAction } from "./environment/free-space.ts";
import { guardAction } from "./environment/guard.ts";
import { knownCommitAction } from "./environment/known-commit.ts";
import { httpCheckAction } from "./http/check.ts";
import { migrationsCurrentAction } from "./migrations/current.ts";
import { monitoringCompareAction } from "./monitoring/compare.ts";
import { grafanaLinkAction } from "./monitoring/grafana-link.ts";
import { monitoringHealthyAction } from "./monitoring/healthy.ts";
import { amcheckAction } from "./postgres/amcheck.ts";
import { analyzeAction } from "./postgres/analyze.ts";
import { backupAction } from "./postgres/backup.ts";
import { checkLoginsAction } from "./postgres/check-logins.ts";
import { createLoginAction } from "./postgres/create-login.ts";
import { createRestoreDatabaseAction } from "./postgres/create-restore-database.ts";
import { dropRestoreDatabaseAction } from "./postgres/drop-restore-database.ts";
import { findInstanceAction } from "./postgres/find-instance.ts";
import { healthAction } from "./postgres/health.ts";
import { proveAction } from "./postgres/prove.ts";
import { proveInstanceAction } from "./postgres/prove-instance.ts";
import { restoreAction } from "./postgres/restore.ts";
import { retireLoginAction } from "./postgres/retire-login.ts";
import { tablesMatchAction } from "./postgres/tables-match.ts";
import { takeManifestAction } from "./postgres/take-manifest.ts";
import { secretsCheckTokenAction } from "./secrets/check-token.ts";
import { secretsGenerateAction } from "./secrets/generate.ts";
import { cloudUndoer } from "./undo-cloud.ts";
import { databaseUndoer } from "./undo-database.ts";
import { fileUndoer } from "./undo-file.ts";
import { processUndoer } from "./undo-process.ts";
import { roleUndoer } from "./undo-role.ts";
import { secretUndoer } from "./undo-secret.ts";

const ALL: readonly Action[] = [
  guardAction,
  knownCommitAction,
  freeSpaceAction,
  connectionHeadroomAction,
  monitoringHealthyAction,
  migrationsCurrentAction,
  healthAction,
  backupAction,
  inspectAction,
  createRestoreDatabaseAction,
  restoreAction,
  createLoginAction,
  checkLoginsAction,
  retireLoginAction,
  analyzeAction,
  tablesMatchAction,
  proveAction,
  amcheckAction,
  appStartAction,
  appStopAction,
  appRunAction,
  httpCheckAction,
  grafanaLinkAction,
  monitoringCompareAction,
  dropRestoreDatabaseAction,
  drillApproverAction,
  findInstanceAction,
  drillUndoAction,
  pruneAction,
  takeManifestAction,
  proveInstanceAction,
  awsIdentityAction,
  rdsSourceAction,
  rdsSnapshotAction,
  rdsPointAction,
  rdsRestoreAction,
  rdsWaitAction,
  rdsDeleteAction,
  secretsGenerateAction,
  secretsCheckTokenAction,
  gcloudIdentityAction,
  cloudSqlSourceAction,
  cloudSqlBackupAction,
  cloudSqlPointAction,
  cloudSqlRestoreAction,
  cloudSqlCloneAction,
  cloudSqlWaitAction,
  cloudSqlClaimAction,
  cloudSqlDeleteAction,
  azureIdentityAction,
  azureSourceAction,
  azurePointAction,
  azureRestoreAction,
  azureWaitAction,
  azureDeleteAction,
];

export const actions: ReadonlyMap<string, Action> = new Map(
  ALL.map((action) => [action.name, action]),
);

export function actionCatalogue(): ActionCatalogue {
  return catalogueOf(actions.values());
}

/** A container is stopped as a process is: by the target, from its recorded facts. */
export const undoers: ReadonlyMap<Resource["kind"], Undoer> = new Map<Resource["kind"], Undoer>([
  ["database", databaseUndoer],
  ["file", fileUndoer],
  ["process", processUndoer],
  ["container", processUndoer],
  ["cloud", cloudUndoer],
  ["role", roleUndoer],
  ["secret", secretUndoer],
]);
