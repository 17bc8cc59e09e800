/** An alert that fires because someone wants it to. */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Stack } from "./stack.ts";
import { until } from "./until.ts";

/** Comes back when Prometheus says that it fires. Git does not see the rule's file. */
export async function fireAlert(stack: Stack, name: string): Promise<void> {
  const folder = rulesOf(stack);
  mkdirSync(folder, { recursive: true });
  const rule = { alert: name, expr: "vector(1)", labels: { severity: "warning" } };
  const rules = { groups: [{ name: "on purpose", rules: [rule] }] };
  writeFileSync(join(folder, "on-purpose.yml"), JSON.stringify(rules));
  await reload(stack);
  await until(`the alert ${name}`, async () => (await firing(stack)).includes(name));
}

/** Comes back when no alert fires any more. */
export async function calmAlerts(stack: Stack): Promise<void> {
  rmSync(rulesOf(stack), { recursive: true, force: true });
  await reload(stack);
  await until("no alert to fire", async () => (await firing(stack)).length === 0);
}

/** Names of the alerts that fire, sorted. */
export async function firing(stack: Stack): Promise<readonly string[]> {
  const response = await fetch(`http://127.0.0.1:${stack.ports.prometheus}/api/v1/alerts`);
  const text = await response.text();
  const { data } = JSON.parse(text) as { data: { alerts: Alert[] } };
  const names = data.alerts.filter(({ state }) => state === "firing");
  return names.map(({ labels }) => labels.alertname).toSorted();
}

interface Alert {
  readonly state: string;
  readonly labels: { readonly alertname: string };
}

function rulesOf({ directory }: Stack): string {
  return join(directory, "monitoring/rules.d");
}

async function reload({ ports }: Stack): Promise<void> {
  const address = `http://127.0.0.1:${ports.prometheus}/-/reload`;
  const response = await fetch(address, { method: "POST" });
  if (!response.ok) throw new Error(`Prometheus cannot reload: ${await response.text()}`);
}
