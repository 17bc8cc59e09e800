/**
 * Where the real az is sent instead of Azure: a local Resource Manager endpoint with a certificate of
 * its own, and a local managed identity, whose token nobody looks at. az is logged in by its own
 * means, into a configuration directory of its own.
 */
import { execFile, execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer as createHttp } from "node:http";
import { createServer as createHttps } from "node:https";
import type { AddressInfo, Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { promisify } from "node:util";

export interface ArmRequest {
  readonly method: string;
  readonly path: string;
  readonly body: string;
}

export interface ArmAnswer {
  readonly status: number;
  readonly body: object;
}

export interface FakeArm {
  /** For az, and for what calls it. */
  readonly env: Readonly<Record<string, string>>;
  /** Who answers below a subscription. */
  answers(next: (request: ArmRequest) => Promise<ArmAnswer>): void;
  close(): void;
}

const TENANT = "99999999-9999-9999-9999-999999999999";

export async function startFakeArm(subscription: string): Promise<FakeArm> {
  const home = mkdtempSync(join(tmpdir(), "restore-drill-az-"));
  const certificate = join(home, "certificate.pem");
  const key = join(home, "key.pem");
  execFileSync(
    "openssl",
    [
      ...["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1"],
      ...["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate],
    ],
    { stdio: "ignore" },
  );
  let answer = async (_request: ArmRequest): Promise<ArmAnswer> => ({ status: 404, body: {} });
  const arm = createHttps(
    { key: readFileSync(key), cert: readFileSync(certificate) },
    (request, response) => {
      void (async () => {
        const { pathname } = new URL(request.url ?? "/", "https://fake");
        const body = await text(request);
        const said =
          pathname === "/subscriptions"
            ? { status: 200, body: { value: [subscriptionFacts(subscription)] } }
            : await answer({ method: request.method ?? "", path: pathname, body });
        response.writeHead(said.status, { "content-type": "application/json" });
        response.end(JSON.stringify(said.body));
      })();
    },
  );
  const identity = createHttp((_request, response) => {
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify(token()));
  });
  const url = `https://127.0.0.1:${await listening(arm)}`;
  const env = {
    AZURE_CONFIG_DIR: join(home, "azure"),
    AZURE_CORE_COLLECT_TELEMETRY: "no",
    REQUESTS_CA_BUNDLE: certificate,
    MSI_ENDPOINT: `http://127.0.0.1:${await listening(identity)}/token`,
    MSI_SECRET: "not-a-secret",
  };
  const az = (...words: readonly string[]) =>
    promisify(execFile)("az", words, { env: { ...process.env, ...env } });
  await az(
    ...["cloud", "register", "--name", "fake", "--endpoint-resource-manager", url],
    ...["--endpoint-management", url, "--endpoint-active-directory", url],
    ...["--endpoint-active-directory-resource-id", "https://management.core.windows.net/"],
    ...["--endpoint-active-directory-graph-resource-id", url],
  );
  await az("cloud", "set", "--name", "fake");
  await az("login", "--identity");
  return {
    env,
    answers(next) {
      answer = next;
    },
    close() {
      arm.closeAllConnections();
      arm.close();
      identity.close();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

async function listening(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

function subscriptionFacts(id: string): object {
  return {
    ...{ id: `/subscriptions/${id}`, subscriptionId: id, displayName: "Shop Staging" },
    ...{ state: "Enabled", tenantId: TENANT, subscriptionPolicies: {} },
  };
}

/** az reads whose it is from it; its signature it leaves to Azure. */
function token(): object {
  const part = (facts: object) => Buffer.from(JSON.stringify(facts)).toString("base64url");
  const facts = { oid: "fake", tid: TENANT, appid: "fake", xms_mirid: "/subscriptions/fake" };
  return {
    access_token: `${part({ alg: "none" })}.${part(facts)}.none`,
    expires_on: String(Math.floor(Date.now() / 1000) + 86_400),
    ...{
      resource: "https://management.core.windows.net/",
      token_type: "Bearer",
      client_id: "fake",
    },
  };
}
