/** Ports of this host that an app is to listen on. */
import { once } from "node:events";
import { createServer } from "node:net";
import { fail, ok, type Problem, type Result } from "../problem.ts";

/** A port nobody listens on: the one asked for, or any when that is 0. */
export async function claimPort(wanted: number): Promise<Result<number>> {
  const server = createServer();
  try {
    server.listen({ port: wanted, host: "127.0.0.1", exclusive: true });
    await once(server, "listening");
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : wanted;
    return ok(port);
  } catch {
    return fail(
      portTaken(`Port ${wanted} on this host is in use, so the app cannot be started there.`),
    );
  } finally {
    server.close();
  }
}

const PORT_TAKEN = "port-taken";

export function portTaken(message: string): Problem {
  return {
    code: "failed",
    message,
    hint: "Stop what listens there, or choose another port.",
    details: { kind: PORT_TAKEN },
  };
}

/** Another port may do: somebody was there first, maybe since it was last looked at. */
export function isPortTaken(problem: Problem): boolean {
  return problem.details?.kind === PORT_TAKEN;
}
