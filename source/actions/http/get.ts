/** One HTTP GET with hard limits; an answer of any status is an answer. */
import { type IncomingMessage, type RequestOptions, request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { fail, ok, type Problem, type Result } from "../../problem.ts";

export interface HttpAnswer {
  readonly status: number;
  /** Where the answer came from, after redirects on the same host. */
  readonly url: string;
  /** Set when it points to another host, which is not followed. */
  readonly elsewhere?: string;
  readonly body: string;
}

export interface GetOptions {
  readonly timeoutSeconds: number;
  readonly signal: AbortSignal;
  readonly authorization?: string;
}

const MAX_BODY_BYTES = 1024 * 1024;
const MAX_REDIRECTS = 5;

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: "nothing listens there (connection refused)",
  ECONNRESET: "the connection was closed before an answer came",
  ENOTFOUND: "the host name is not known",
  EAI_AGAIN: "the host name could not be looked up",
  EHOSTUNREACH: "the host cannot be reached",
  ENETUNREACH: "the network cannot be reached",
};

/** Redirects are followed on the same host and port only. The body may hold up to 1 MiB. */
export async function httpGet(text: string, options: GetOptions): Promise<Result<HttpAnswer>> {
  const limit = AbortSignal.timeout(options.timeoutSeconds * 1000);
  const signal = AbortSignal.any([options.signal, limit]);
  let url = text;
  for (let hop = 0; hop <= MAX_REDIRECTS; hop += 1) {
    const parsed = webAddress(url);
    if (!parsed.ok) return parsed;
    const answer = await once(parsed.value, { ...options, signal }).catch((error: unknown) =>
      fail(unreachable(parsed.value, error, limit.aborted ? options.timeoutSeconds : undefined)),
    );
    if (!answer.ok) return answer;
    const next = redirect(answer.value, parsed.value);
    if (next === undefined) return answer;
    if (next.host !== parsed.value.host) {
      return ok({ ...answer.value, elsewhere: withoutCredentials(next) });
    }
    url = next.href;
  }
  return fail({
    code: "failed",
    message: `${text} redirects more than ${MAX_REDIRECTS} times.`,
    hint: "Give the address that answers in the end.",
  });
}

function webAddress(text: string): Result<URL> {
  const url = URL.parse(text);
  if (url !== null && /^https?:$/u.test(url.protocol) && url.username + url.password === "") {
    return ok(url);
  }
  return fail({
    code: "invalid",
    message:
      url !== null && url.username + url.password !== ""
        ? `The address of ${url.host} holds a user name or password, which would be journaled.`
        : `${JSON.stringify(text)} is not an http or https address.`,
    hint: "Write it like http://127.0.0.1:4000/health.",
  });
}

function withoutCredentials(url: URL): string {
  const clean = new URL(url);
  clean.username = "";
  clean.password = "";
  return clean.href;
}

interface RawAnswer extends HttpAnswer {
  readonly location?: string;
}

function redirect(answer: RawAnswer, from: URL): URL | undefined {
  if (answer.status < 300 || answer.status > 399 || answer.location === undefined) return undefined;
  return URL.parse(answer.location, from.href) ?? undefined;
}

async function once(url: URL, { signal, authorization }: GetOptions): Promise<Result<RawAnswer>> {
  const send = url.protocol === "https:" ? requestHttps : requestHttp;
  const options: RequestOptions = {
    method: "GET",
    // No pooled connection: one to an app that was restarted since would fail for no reason.
    agent: false,
    signal,
    headers: {
      accept: "application/json, */*;q=0.5",
      "accept-encoding": "identity",
      "user-agent": "restore-drill",
      ...(authorization === undefined ? {} : { authorization }),
    },
  };
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const request = send(url, options, resolve);
  request.once("error", reject);
  request.end();
  const response = await promise;
  try {
    const body = await readBody(response, url);
    if (!body.ok) return body;
    const location = response.headers.location;
    return ok({
      status: response.statusCode ?? 0,
      url: url.href,
      body: body.value,
      ...(location === undefined ? {} : { location }),
    });
  } finally {
    response.destroy();
  }
}

async function readBody(response: IncomingMessage, url: URL): Promise<Result<string>> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response) {
    const piece = Buffer.from(chunk);
    bytes += piece.length;
    if (bytes > MAX_BODY_BYTES) {
      return fail({
        code: "failed",
        message: `${url.href} answered with more than 1 MiB.`,
        hint: "Check an address with a small answer, such as a health endpoint.",
      });
    }
    chunks.push(piece);
  }
  return ok(Buffer.concat(chunks).toString("utf8"));
}

function unreachable(url: URL, error: unknown, timedOutAfter: number | undefined): Problem {
  const code = codeOf(error);
  const reason =
    timedOutAfter === undefined
      ? (REASONS[code ?? ""] ?? (error instanceof Error ? error.message : String(error)))
      : `no answer within ${timedOutAfter} s`;
  return {
    code: "failed",
    message: `${url.href} did not answer: ${reason}.`,
    hint: `Check that something serves ${url.host} and that this host can reach it.`,
  };
}

function codeOf(error: unknown): string | undefined {
  if (typeof error !== "object" || error === null || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}
