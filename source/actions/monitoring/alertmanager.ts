/** Alertmanager's API, version 2: `GET /api/v2/alerts`. */
import { z } from "zod";
import { fail, ok, type Result } from "../../problem.ts";
import { httpGet } from "../http/get.ts";
import type { Api, Labels } from "./prometheus.ts";

const TIMEOUT_SECONDS = 15;

export interface AlertmanagerAlert {
  readonly labels: Labels;
  /** Seconds since 1970. */
  readonly startsAt: number;
  /** By a silence, or by another alert that inhibits it. */
  readonly silenced: boolean;
}

const answer = z.array(
  z.object({
    labels: z.record(z.string(), z.string()),
    startsAt: z.string(),
    status: z.object({ state: z.string() }),
  }),
);

export function heldAlertsUrl(base: string): string {
  return `${base}/api/v2/alerts`;
}

export async function heldAlerts({
  base,
  signal,
}: Api): Promise<Result<readonly AlertmanagerAlert[]>> {
  const url = heldAlertsUrl(base);
  const got = await httpGet(url, { timeoutSeconds: TIMEOUT_SECONDS, signal });
  if (!got.ok) return got;
  const read = readAnswer(got.value.body);
  if (read !== undefined) return ok(read);
  return fail({
    code: "failed",
    message: `${url} gave no answer that Alertmanager gives (status ${got.value.status}).`,
    hint: "Check `alertmanager` of `monitoring` in restore-drill.yaml.",
  });
}

function readAnswer(body: string): readonly AlertmanagerAlert[] | undefined {
  try {
    const read = answer.safeParse(JSON.parse(body));
    return read.data?.map(({ labels, startsAt, status }) => ({
      labels,
      startsAt: Date.parse(startsAt) / 1000,
      silenced: status.state === "suppressed",
    }));
  } catch {
    return undefined;
  }
}
