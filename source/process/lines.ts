/** Splits a byte stream into lines without ever holding more than one capped line. */
import { StringDecoder } from "node:string_decoder";

/** Longest line in characters; what goes beyond is dropped and marked. */
export const LINE_LIMIT = 65_536;
/** Ends a line that was cut at the limit. */
export const CUT_MARK = " … (the line was longer and is cut here)";

export interface LineSplitter {
  write(chunk: Uint8Array): void;
  /** Emits what is left without a line end. */
  end(): void;
}

export function createLineSplitter(emit: (line: string) => void): LineSplitter {
  const decoder = new StringDecoder("utf8");
  let pending = "";
  let cut = false;

  function keep(text: string): void {
    if (cut && !text.includes("\r")) return;
    pending = afterLastRewrite(pending + text);
    cut = pending.length > LINE_LIMIT;
    if (cut) pending = pending.slice(0, LINE_LIMIT);
  }

  function flush(): void {
    const line = pending.endsWith("\r") ? pending.slice(0, -1) : pending;
    emit(cut ? line + CUT_MARK : line);
    pending = "";
    cut = false;
  }

  function take(text: string): void {
    let from = 0;
    for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", from)) {
      keep(text.slice(from, at));
      flush();
      from = at + 1;
    }
    if (from < text.length) keep(text.slice(from));
  }

  return {
    write: (chunk) => take(decoder.write(Buffer.from(chunk))),
    end() {
      take(decoder.end());
      if (pending !== "" || cut) flush();
    },
  };
}

/** A progress bar rewrites its line with carriage returns: only an overlong one is shortened. */
function afterLastRewrite(text: string): string {
  if (text.length <= LINE_LIMIT) return text;
  const at = text.lastIndexOf("\r", text.length - 2);
  return at < 0 ? text : text.slice(at + 1);
}
