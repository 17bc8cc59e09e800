/** HTTP around the routes: loopback only, bounded, and closed to other sites. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Database } from "./database.ts";
import { PAGE, PAGE_POLICY } from "./page.ts";
import { type Reply, refusal } from "./reply.ts";
import { answer } from "./routes.ts";

const LONGEST_BODY = 16 * 1024;
/** Others are a web site that was made to point here. */
const OWN_HOST = /^(?:127\.0\.0\.1|localhost)(?::\d+)?$/;

export function createHttpServer(database: Database, report: (text: string) => void): Server {
  const server = createServer((request, response) => {
    respond(database, request, response).catch((error: unknown) => {
      report(error instanceof Error ? error.message : String(error));
      send(
        response,
        refusal(500, "internal", "Something went wrong; the service's output says what."),
      );
    });
  });
  server.requestTimeout = 10_000;
  server.headersTimeout = 5_000;
  server.keepAliveTimeout = 2_000;
  return server;
}

async function respond(
  database: Database,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const path = (request.url ?? "/").split("?")[0] ?? "/";
  if (!OWN_HOST.test(request.headers.host ?? "")) {
    return send(
      response,
      refusal(421, "wrong-host", "This service answers on the loopback address only."),
    );
  }
  if (request.method === "GET" && path === "/") return sendPage(response);
  try {
    const reply = await answer(database, {
      method: request.method ?? "GET",
      path,
      authorization: request.headers.authorization,
      body: () => readJson(request),
    });
    send(response, reply);
  } catch (error) {
    if (!(error instanceof BadBody)) throw error;
    response.setHeader("connection", "close");
    send(response, error.reply);
  }
}

/** A request that cannot be read ends where it is read, with its own reply. */
class BadBody extends Error {
  readonly reply: Reply;
  constructor(reply: Reply) {
    super("bad body");
    this.reply = reply;
  }
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  if (!/^application\/json\b/i.test(request.headers["content-type"] ?? "")) {
    throw new BadBody(refusal(415, "not-json", "Send application/json."));
  }
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const part of request) {
    const chunk: Buffer = part;
    bytes += chunk.length;
    if (bytes > LONGEST_BODY) {
      throw new BadBody(refusal(413, "too-large", "A request is 16 KiB at most."));
    }
    chunks.push(chunk);
  }
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(chunks)));
  } catch {
    throw new BadBody(refusal(400, "not-json", "The body is no JSON."));
  }
}

function send(response: ServerResponse, reply: Reply): void {
  if (response.headersSent || response.destroyed) return;
  const body = `${JSON.stringify(reply.body)}\n`;
  response.writeHead(reply.status, {
    "content-type": "application/json; charset=utf-8",
    "content-length": Buffer.byteLength(body),
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
  });
  response.end(body);
}

function sendPage(response: ServerResponse): void {
  response.writeHead(200, {
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": PAGE_POLICY,
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
  });
  response.end(PAGE);
}
