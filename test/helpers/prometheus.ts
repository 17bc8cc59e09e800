/** A real Prometheus that scrapes one address every 100 ms. */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { expect, onTestFinished } from "vitest";
import { temporaryFolder } from "./folder.ts";
import { waitFor } from "./wait-for.ts";

const PROGRAM = "/usr/bin/prometheus";
export const prometheusAvailable = existsSync(PROGRAM);

if (!prometheusAvailable) {
  process.stderr.write(
    `\n  NOT RUN: the tests against a real Prometheus; there is no ${PROGRAM}.\n\n`,
  );
}

export interface PrometheusOptions {
  /** `host:port` of what it scrapes, at `/metrics`. */
  readonly scraped: string;
  /** Alerting rules by name: what must hold to fire. */
  readonly alerts: Readonly<Record<string, string>>;
}

/** Its address, once it answers. */
export async function startPrometheus({ scraped, alerts }: PrometheusOptions): Promise<string> {
  const folder = await temporaryFolder();
  const rules = Object.entries(alerts).map(([alert, expr]) => ({ alert, expr }));
  // YAML takes JSON.
  const configuration = {
    global: { scrape_interval: "100ms", scrape_timeout: "100ms", evaluation_interval: "100ms" },
    rule_files: ["rules.yml"],
    scrape_configs: [{ job_name: "app", static_configs: [{ targets: [scraped] }] }],
  };
  await writeFile(join(folder, "prometheus.yml"), JSON.stringify(configuration));
  await writeFile(join(folder, "rules.yml"), JSON.stringify({ groups: [{ name: "test", rules }] }));
  const port = await freePort();
  const child = spawn(
    PROGRAM,
    [
      `--config.file=${folder}/prometheus.yml`,
      `--storage.tsdb.path=${folder}/data`,
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    { stdio: "ignore" },
  );
  const ended = new Promise((resolve) => child.once("exit", resolve));
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await ended;
  });
  const url = `http://127.0.0.1:${port}`;
  await waitFor(async () => expect((await fetch(`${url}/-/ready`)).status).toBe(200));
  return url;
}

/** Series that a query gives now. */
export async function seriesNow(prometheus: string, query: string): Promise<number> {
  const answer = await fetch(`${prometheus}/api/v1/query?${new URLSearchParams({ query })}`);
  const body: unknown = await answer.json();
  expect(body).toMatchObject({ status: "success", data: { result: expect.any(Array) } });
  return JSON.stringify(body).split('"metric"').length - 1;
}

async function freePort(): Promise<number> {
  const server = createServer();
  const listening = new Promise((resolve) => server.once("listening", resolve));
  server.listen(0, "127.0.0.1");
  await listening;
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" && address !== null ? address.port : 0;
}
