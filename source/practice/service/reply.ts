/** What a route gives back. */

export interface Reply {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

export function reply(status: number, body: Reply["body"]): Reply {
  return { status, body };
}

/** `error` is for programs, `message` for people. */
export function refusal(status: number, error: string, message: string): Reply {
  return { status, body: { error, message } };
}
